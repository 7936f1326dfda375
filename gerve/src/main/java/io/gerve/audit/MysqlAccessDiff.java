package io.gerve.audit;

import io.gerve.audit.access.AccessHistory;
import io.gerve.audit.access.AccessScope;
import io.gerve.audit.access.AccountAccess;
import io.gerve.audit.access.Cursor;
import io.gerve.audit.access.Loop;
import io.gerve.audit.access.MysqlAffectedSubjects;
import io.gerve.audit.access.MysqlSnapshot;
import io.gerve.audit.access.RepositoryAccess;
import io.gerve.audit.access.Results;
import io.gerve.audit.access.SiteAccess;
import io.gerve.audit.snapshot.MysqlSnapshotRepositories;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jooq.DSLContext;

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
     * Returns the differences for one repository.
     *
     * @param after the position of the last row that was already reported
     * @return empty if no repository had the name at either time
     */
    public Optional<Results<AccessDifference>> ofRepository(RepositoryName name, Cursor after)
            throws LookupUnavailable {
        return rows(
                "repository " + name,
                snapshots -> snapshots.reversed().stream()
                        .flatMap(snapshot -> new MysqlSnapshotRepositories(snapshot.state()).byName(name).stream())
                        .map(owned -> owned.repository().id())
                        .findFirst()
                        .map(id -> new RepositoryAccess(snapshots, id).rows(Loop.from(after))));
    }

    /**
     * Returns the differences for one account.
     *
     * @param after the position of the last row that was already reported
     * @return empty if there is no such account
     */
    public Optional<Results<AccessDifference>> ofAccount(Login login, Cursor after) throws LookupUnavailable {
        return rows(
                "account " + login,
                snapshots -> snapshots
                        .getLast()
                        .account(login)
                        .map(account ->
                                AccountAccess.of(snapshots, account.id()).rows(AccessScope.GRANTED, Loop.from(after))));
    }

    /**
     * Returns the differences for the whole site.
     *
     * @param after the position of the last row that was already reported
     */
    public Results<AccessDifference> ofSite(Cursor after) throws LookupUnavailable {
        return rows("the site", snapshots -> {
                    var affected = MysqlAffectedSubjects.between(database.get(), from, to);
                    return Optional.of(new SiteAccess(snapshots, affected).rows(Loop.from(after)));
                })
                .orElseThrow();
    }

    private interface Query {
        Optional<Results<AccessHistory>> run(List<MysqlSnapshot> snapshots) throws LookupUnavailable;
    }

    private Optional<Results<AccessDifference>> rows(String subject, Query query) throws LookupUnavailable {
        String what = "differences between " + from + " and " + to + " for " + subject;
        Optional<Results<AccessHistory>> rows = MysqlLookup.of(what, () -> {
            DSLContext sql = database.get();
            return query.run(List.of(
                    MysqlSnapshot.at(sql, from).ofRightsAlone(),
                    MysqlSnapshot.at(sql, to).ofRightsAlone()));
        });
        return rows.map(histories ->
                MysqlLookup.each(what, histories.flatMap(history -> Results.of(AccessDifference.of(history)))));
    }
}
