package io.gerve.audit;

import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static org.jooq.impl.DSL.min;

import io.gerve.audit.access.AccessEntry;
import io.gerve.audit.access.AccessHistory;
import io.gerve.audit.access.AccessScope;
import io.gerve.audit.access.AccountAccess;
import io.gerve.audit.access.Cursor;
import io.gerve.audit.access.Loop;
import io.gerve.audit.access.MysqlSnapshot;
import io.gerve.audit.access.RepositoryAccess;
import io.gerve.audit.access.Results;
import io.gerve.audit.access.TeamAccess;
import io.gerve.audit.snapshot.MysqlDeployKeyRights;
import io.gerve.audit.snapshot.MysqlSnapshotRepositories;
import io.gerve.audit.snapshot.SnapshotRows.RecordedRepository;
import io.gerve.audit.snapshot.SnapshotRows.RecordedTeam;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jooq.DSLContext;

/**
 * Audit of the access to repositories at one time. It finds candidates through indexes, one page at a time, and lets
 * the gate's own code decide on the facts of that time. Memory does not grow with the number of rows.
 */
public final class MysqlAccessAudit {
    private final Supplier<MysqlSnapshot> snapshots;

    /** Audits the current state. */
    public MysqlAccessAudit(Supplier<DSLContext> database, KeyDirectory keys, InstantSource clock) {
        this.snapshots = () -> MysqlSnapshot.now(database.get(), keys, clock);
    }

    /** Audits the state at a past time. */
    public MysqlAccessAudit(Supplier<DSLContext> database, Instant at) {
        this.snapshots = () -> MysqlSnapshot.at(database.get(), at);
    }

    /**
     * Returns the time of the first recorded change, or empty if no change is recorded. The state before that time is
     * unknown.
     */
    public Optional<Instant> recordedSince() throws LookupUnavailable {
        return query(
                "changes",
                snapshot -> snapshot.state()
                        .sql()
                        .select(min(GRANT_CHANGES.CHANGED_AT))
                        .from(GRANT_CHANGES)
                        .fetchOptional()
                        .map(row -> row.value1()));
    }

    /**
     * Finds an account.
     *
     * @return empty if no such account exists at the audited time
     */
    public Optional<Account> account(Login login) throws LookupUnavailable {
        return query("account " + login, snapshot -> snapshot.account(login));
    }

    /**
     * Returns every principal with access to a repository, with all its grant paths.
     *
     * @param after the position of the last row that the caller has already received
     * @return empty if no such repository exists at the audited time
     */
    public Optional<Results<AccessEntry>> ofRepository(RepositoryName name, Cursor after) throws LookupUnavailable {
        return rows(
                "repository " + name,
                snapshot -> new MysqlSnapshotRepositories(snapshot.state())
                        .byName(name)
                        .map(found -> new RepositoryAccess(
                                        List.of(snapshot), found.repository().id())
                                .rows(Loop.from(after))));
    }

    /**
     * Returns every repository to which an account has access.
     *
     * @param scope whether to include repositories that the account can read only because they are public
     * @param after the position of the last row that the caller has already received
     * @return empty if no such account exists at the audited time
     */
    public Optional<Results<AccessEntry>> ofAccount(Login login, AccessScope scope, Cursor after)
            throws LookupUnavailable {
        return rows(
                "account " + login,
                snapshot -> snapshot.account(login)
                        .map(account -> AccountAccess.of(snapshot, account.id(), RegisteredKey.activeKeyOf(account))
                                .rows(scope, Loop.from(after))));
    }

    /**
     * Returns every repository to which members of a team have access through the team and its ancestors.
     *
     * @param after the position of the last row that the caller has already received
     * @return empty if no such team exists at the audited time
     */
    public Optional<Results<AccessEntry>> ofTeam(Login organization, String slug, Cursor after)
            throws LookupUnavailable {
        return rows(
                "team " + organization + "/" + slug,
                snapshot -> snapshot.account(organization)
                        .flatMap(owner -> team(snapshot, owner, slug)
                                .map(team -> new TeamAccess(snapshot, owner, team).rows(Loop.from(after)))));
    }

    private static Optional<RecordedTeam> team(MysqlSnapshot snapshot, Account organization, String slug) {
        return snapshot.state().teams(Set.of(organization.id())).values().stream()
                .filter(team -> team.slug().equalsIgnoreCase(slug))
                .findFirst();
    }

    /**
     * Returns every repository to which a key gives access. The key belongs to an account or is a deploy key.
     *
     * @param after the position of the last row that the caller has already received
     * @return empty if no such key exists at the audited time
     */
    public Optional<Results<AccessEntry>> ofKey(Fingerprint fingerprint, AccessScope scope, Cursor after)
            throws LookupUnavailable {
        return rows("key " + fingerprint, snapshot -> {
            Optional<RegisteredKey> found = snapshot.key(fingerprint);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            RegisteredKey key = found.get();
            var loop = Loop.from(after);
            return Optional.of(
                    switch (key.principal()) {
                        case Principal.OfAccount(Account account) ->
                            AccountAccess.of(snapshot, account.id(), key).rows(scope, loop);
                        case Principal.OfDeployKey _ -> Results.of(ofDeployKey(snapshot, key, loop));
                    });
        });
    }

    private static List<AccessHistory> ofDeployKey(MysqlSnapshot snapshot, RegisteredKey key, Loop loop)
            throws LookupUnavailable {
        var rights =
                new TreeMap<>(new MysqlDeployKeyRights(snapshot.state()).ofKey(key.id())).tailMap(loop.last(), false);
        Map<Long, RecordedRepository> repositories =
                new MysqlSnapshotRepositories(snapshot.state()).repositories(rights.keySet());
        List<AccessHistory> rows = new ArrayList<>();
        for (var right : rights.entrySet()) {
            RecordedRepository owned = repositories.get(right.getKey());
            if (owned != null) {
                AccessEntry entry = snapshot.deployKey(owned, key, right.getValue());
                rows.add(AccessHistory.of(
                        loop.cursor(right.getKey()), Stream.of(owned.repository()), List.of(Optional.of(entry))));
            }
        }
        return rows;
    }

    private interface Query<T> {
        T run(MysqlSnapshot snapshot) throws LookupUnavailable;
    }

    private Optional<Results<AccessEntry>> rows(String subject, Query<Optional<Results<AccessHistory>>> query)
            throws LookupUnavailable {
        return query(subject, query)
                .map(rows ->
                        MysqlLookup.each("audit of " + subject, rows.flatMap(history -> Results.of(history.only()))));
    }

    private <T> T query(String subject, Query<T> query) throws LookupUnavailable {
        return MysqlLookup.of("audit of " + subject, () -> query.run(snapshots.get()));
    }
}
