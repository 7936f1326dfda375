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
 * The rights that were gained and lost between two times. Each somebody's right to each repository that a change may concern is looked at as
 * it was at both times, a page at a time, so memory does not grow with the answer. That the whole site was switched to read-only is no right,
 * and is left out.
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

    /** The people of one repository.
     *  @param after what is not given again
     *  @return false if there was none of that name at either time */
    public boolean ofRepository(RepositoryName name, Cursor after, AccessEntry.Sink<AccessDifference> sink)
            throws LookupUnavailable {
        return query("repository " + name, times -> {
            Optional<Long> id = times.reversed().stream()
                    .flatMap(moment -> new MysqlSnapshotRepositories(moment.state()).byName(name).stream())
                    .map(owned -> owned.repository().id())
                    .findFirst();
            if (id.isPresent()) {
                new RepositoryAccess(times, id.get()).each(compared(after, sink));
            }
            return id.isPresent();
        });
    }

    /** The repositories of one account.
     *  @param after what is not given again
     *  @return false if there was no such account at either time */
    public boolean ofAccount(Login login, Cursor after, AccessEntry.Sink<AccessDifference> sink)
            throws LookupUnavailable {
        return query("account " + login, times -> {
            Optional<Account> account = times.getLast().account(login);
            if (account.isPresent()) {
                AccountAccess.of(times, account.get().id()).each(AccessScope.GRANTED, compared(after, sink));
            }
            return account.isPresent();
        });
    }

    /** All of the site: whomever and whatever some change between the two times may concern.
     *  @param after what is not given again */
    public void ofSite(Cursor after, AccessEntry.Sink<AccessDifference> sink) throws LookupUnavailable {
        var _ = query("the site", times -> {
            var concerned = MysqlAffectedSubjects.between(database.get(), from, to);
            return new SiteAccess(times, concerned).each(compared(after, sink));
        });
    }

    private static Traversal compared(Cursor after, AccessEntry.Sink<AccessDifference> sink) {
        return new Traversal(
                after, reached -> AccessDifference.of(reached).map(sink::accept).orElse(true));
    }

    private interface Query<T> {
        T ask(List<MysqlSnapshot> times) throws LookupUnavailable;
    }

    private <T> T query(String what, Query<T> question) throws LookupUnavailable {
        try {
            DSLContext sql = database.get();
            return question.ask(List.of(
                    MysqlSnapshot.at(sql, from).ofRightsAlone(),
                    MysqlSnapshot.at(sql, to).ofRightsAlone()));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("differences between " + from + " and " + to + " for " + what, e);
        }
    }
}
