package io.gerve.audit;

import io.gerve.audit.access.AccessEntry;
import io.gerve.audit.access.AccessScope;
import io.gerve.audit.access.AccountAccess;
import io.gerve.audit.access.Cursor;
import io.gerve.audit.access.MysqlAffectedSubjects;
import io.gerve.audit.access.MysqlSnapshot;
import io.gerve.audit.access.RepositoryAccess;
import io.gerve.audit.access.SiteAccess;
import io.gerve.audit.access.Traversal;
import io.gerve.audit.snapshot.MysqlSnapshotRepositories;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/**
 * Audit of the rights that were gained and lost between two times. It compares the access of both times, one page at a
 * time, for every pair of principal and repository that a change may affect. Memory does not grow with the number of
 * rows. The read-only mode of the whole site is not a right and is ignored.
 */
public final class MysqlAccessDiff {
    private final Supplier<DSLContext> database;
    private final Instant from;
    private final Instant to;

    public MysqlAccessDiff(Supplier<DSLContext> database, Instant from, Instant to) {
        this.database = database;
        this.from = from;
        this.to = to;
    }

    /**
     * Reports the differences for one repository.
     *
     * @param after the position of the last row that was already reported
     * @return false if no repository had the name at either time
     */
    public boolean ofRepository(RepositoryName name, Cursor after, AccessEntry.Sink<AccessDifference> sink)
            throws LookupUnavailable {
        return query("repository " + name, snapshots -> {
            Optional<Long> id = snapshots.reversed().stream()
                    .flatMap(snapshot -> new MysqlSnapshotRepositories(snapshot.state()).byName(name).stream())
                    .map(owned -> owned.repository().id())
                    .findFirst();
            if (id.isPresent()) {
                new RepositoryAccess(snapshots, id.get()).each(traversal(after, sink));
            }
            return id.isPresent();
        });
    }

    /**
     * Reports the differences for one account.
     *
     * @param after the position of the last row that was already reported
     * @return false if there is no such account
     */
    public boolean ofAccount(Login login, Cursor after, AccessEntry.Sink<AccessDifference> sink)
            throws LookupUnavailable {
        return query("account " + login, snapshots -> {
            Optional<Account> account = snapshots.getLast().account(login);
            if (account.isPresent()) {
                AccountAccess.of(snapshots, account.get().id()).each(AccessScope.GRANTED, traversal(after, sink));
            }
            return account.isPresent();
        });
    }

    /**
     * Reports the differences for the whole site.
     *
     * @param after the position of the last row that was already reported
     */
    public void ofSite(Cursor after, AccessEntry.Sink<AccessDifference> sink) throws LookupUnavailable {
        var _ = query("the site", snapshots -> {
            var affected = MysqlAffectedSubjects.between(database.get(), from, to);
            return new SiteAccess(snapshots, affected).each(traversal(after, sink));
        });
    }

    private static Traversal traversal(Cursor after, AccessEntry.Sink<AccessDifference> sink) {
        return new Traversal(
                after, history -> AccessDifference.of(history).map(sink::accept).orElse(true));
    }

    private interface Query<T> {
        T run(List<MysqlSnapshot> snapshots) throws LookupUnavailable;
    }

    private <T> T query(String subject, Query<T> query) throws LookupUnavailable {
        try {
            DSLContext sql = database.get();
            return query.run(List.of(
                    MysqlSnapshot.at(sql, from).ofRightsAlone(),
                    MysqlSnapshot.at(sql, to).ofRightsAlone()));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("differences between " + from + " and " + to + " for " + subject, e);
        }
    }
}
