package io.gerve.audit;

import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static org.jooq.impl.DSL.min;

import io.gerve.audit.access.AccessEntry;
import io.gerve.audit.access.AccessHistory;
import io.gerve.audit.access.AccessScope;
import io.gerve.audit.access.AccountAccess;
import io.gerve.audit.access.Cursor;
import io.gerve.audit.access.MysqlSnapshot;
import io.gerve.audit.access.RepositoryAccess;
import io.gerve.audit.access.TeamAccess;
import io.gerve.audit.access.Traversal;
import io.gerve.audit.snapshot.MysqlDeployKeyRights;
import io.gerve.audit.snapshot.MysqlSnapshotRepositories;
import io.gerve.audit.snapshot.SnapshotRows;
import io.gerve.audit.snapshot.SnapshotRows.RecordedRepository;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

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
     * Returns the time of the first recorded change, before which the state is unknown, or empty if no change is
     * recorded.
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
     * @return empty if there is, or was, no such account
     */
    public Optional<Account> account(Login login) throws LookupUnavailable {
        return query("account " + login, snapshot -> snapshot.account(login));
    }

    /**
     * Reports every principal with access to a repository, with all its grant paths.
     *
     * @param after the position of the last row that was already reported
     * @return false if there is, or was, no such repository
     */
    public boolean ofRepository(RepositoryName name, Cursor after, AccessEntry.Sink<AccessEntry> sink)
            throws LookupUnavailable {
        return query("repository " + name, snapshot -> {
            Optional<RecordedRepository> found = new MysqlSnapshotRepositories(snapshot.state()).byName(name);
            if (found.isPresent()) {
                new RepositoryAccess(List.of(snapshot), found.get().repository().id()).each(traversal(after, sink));
            }
            return found.isPresent();
        });
    }

    /**
     * Reports every repository to which an account has access.
     *
     * @param scope whether repositories that the account can read only because they are public are included
     * @param after the position of the last row that was already reported
     * @return false if there is, or was, no such account
     */
    public boolean ofAccount(Login login, AccessScope scope, Cursor after, AccessEntry.Sink<AccessEntry> sink)
            throws LookupUnavailable {
        return query("account " + login, snapshot -> {
            Optional<Account> account = snapshot.account(login);
            if (account.isPresent()) {
                AccountAccess.of(snapshot, account.get().id(), RegisteredKey.activeKeyOf(account.get()))
                        .each(scope, traversal(after, sink));
            }
            return account.isPresent();
        });
    }

    /** Reports every repository to which members of a team have access through the team and its ancestors. */
    public boolean ofTeam(Login organization, String slug, Cursor after, AccessEntry.Sink<AccessEntry> sink)
            throws LookupUnavailable {
        return query("team " + organization + "/" + slug, snapshot -> {
            Optional<Account> owner = snapshot.account(organization);
            Optional<SnapshotRows.RecordedTeam> team = owner.stream()
                    .flatMap(account -> snapshot.state().teams(Set.of(account.id())).values().stream())
                    .filter(candidate -> candidate.slug().equalsIgnoreCase(slug))
                    .findFirst();
            if (owner.isPresent() && team.isPresent()) {
                new TeamAccess(snapshot, owner.get(), team.get()).each(traversal(after, sink));
            }
            return team.isPresent();
        });
    }

    /** Reports every repository to which a key gives access, as a key of an account or as a deploy key. */
    public boolean ofKey(Fingerprint fingerprint, AccessScope scope, Cursor after, AccessEntry.Sink<AccessEntry> sink)
            throws LookupUnavailable {
        return query("key " + fingerprint, snapshot -> {
            Optional<RegisteredKey> key = snapshot.key(fingerprint);
            if (key.isPresent()) {
                switch (key.get().principal()) {
                    case Principal.OfAccount(Account account) ->
                        AccountAccess.of(snapshot, account.id(), key.get()).each(scope, traversal(after, sink));
                    case Principal.OfDeployKey _ -> ofDeployKey(snapshot, key.get(), traversal(after, sink));
                }
            }
            return key.isPresent();
        });
    }

    private static boolean ofDeployKey(MysqlSnapshot snapshot, RegisteredKey key, Traversal traversal)
            throws LookupUnavailable {
        var rights = new TreeMap<>(new MysqlDeployKeyRights(snapshot.state()).ofKey(key.id()))
                .tailMap(traversal.last(), false);
        Map<Long, RecordedRepository> repositories =
                new MysqlSnapshotRepositories(snapshot.state()).repositories(rights.keySet());
        for (var right : rights.entrySet()) {
            RecordedRepository owned = repositories.get(right.getKey());
            if (owned != null) {
                AccessEntry entry = snapshot.deployKey(owned, key, right.getValue());
                var history = AccessHistory.of(Stream.of(owned.repository()), List.of(Optional.of(entry)));
                if (!traversal.accept(right.getKey(), history)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Traversal traversal(Cursor after, AccessEntry.Sink<AccessEntry> sink) {
        return new Traversal(after, AccessHistory.Sink.of(sink));
    }

    private interface Query<T> {
        T run(MysqlSnapshot snapshot) throws LookupUnavailable;
    }

    private <T> T query(String subject, Query<T> query) throws LookupUnavailable {
        try {
            return query.run(snapshots.get());
        } catch (DataAccessException e) {
            throw new LookupUnavailable("audit of " + subject, e);
        }
    }
}
