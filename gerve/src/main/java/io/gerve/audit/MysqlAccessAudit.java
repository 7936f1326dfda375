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
 * Answers who reaches which repositories, at one time. Candidates are found by the indexes, a page at a time, and what each may do is
 * decided by the gate's own code on the facts of that time; so memory does not grow with the answer.
 */
public final class MysqlAccessAudit {
    private final Supplier<MysqlSnapshot> snapshots;

    /** What is so now. */
    public MysqlAccessAudit(Supplier<DSLContext> database, KeyDirectory keys, InstantSource clock) {
        this.snapshots = () -> MysqlSnapshot.now(database.get(), keys, clock);
    }

    /** What was so at a time. */
    public MysqlAccessAudit(Supplier<DSLContext> database, Instant at) {
        this.snapshots = () -> MysqlSnapshot.at(database.get(), at);
    }

    /** The time of the first change that is recorded: of what was before nothing is known but what is so since. Empty if there is none. */
    public Optional<Instant> recordedSince() throws LookupUnavailable {
        return query(
                "changes",
                moment -> moment.state()
                        .sql()
                        .select(min(GRANT_CHANGES.CHANGED_AT))
                        .from(GRANT_CHANGES)
                        .fetchOptional()
                        .map(row -> row.value1()));
    }

    /** @return empty if there is no such account, or was none */
    public Optional<Account> account(Login login) throws LookupUnavailable {
        return query("account " + login, moment -> moment.account(login));
    }

    /**
     * Everybody who can read or write a repository, with each way.
     *
     * @param after what is not given again
     * @return false if there is no such repository, or was none
     */
    public boolean ofRepository(RepositoryName name, Cursor after, AccessEntry.Sink<AccessEntry> sink)
            throws LookupUnavailable {
        return query("repository " + name, moment -> {
            Optional<RecordedRepository> found = new MysqlSnapshotRepositories(moment.state()).byName(name);
            if (found.isPresent()) {
                new RepositoryAccess(List.of(moment), found.get().repository().id()).each(traversal(after, sink));
            }
            return found.isPresent();
        });
    }

    /**
     * Every repository that an account reaches by more than its being public.
     *
     * @param scope whether those that everybody may read are given too
     * @param after what is not given again
     * @return false if there is no such account, or was none
     */
    public boolean ofAccount(Login login, AccessScope scope, Cursor after, AccessEntry.Sink<AccessEntry> sink)
            throws LookupUnavailable {
        return query("account " + login, moment -> {
            Optional<Account> account = moment.account(login);
            if (account.isPresent()) {
                AccountAccess.of(moment, account.get().id(), RegisteredKey.activeKeyOf(account.get()))
                        .each(scope, traversal(after, sink));
            }
            return account.isPresent();
        });
    }

    /** Every repository that a member of a team reaches through it and the teams above it. */
    public boolean ofTeam(Login organization, String slug, Cursor after, AccessEntry.Sink<AccessEntry> sink)
            throws LookupUnavailable {
        return query("team " + organization + "/" + slug, moment -> {
            Optional<Account> owner = moment.account(organization);
            Optional<SnapshotRows.RecordedTeam> team = owner.stream()
                    .flatMap(account -> moment.state().teams(Set.of(account.id())).values().stream())
                    .filter(candidate -> candidate.slug().equalsIgnoreCase(slug))
                    .findFirst();
            if (owner.isPresent() && team.isPresent()) {
                new TeamAccess(moment, owner.get(), team.get()).each(traversal(after, sink));
            }
            return team.isPresent();
        });
    }

    /** Every repository that a key opens: its account's, or its own. */
    public boolean ofKey(Fingerprint fingerprint, AccessScope scope, Cursor after, AccessEntry.Sink<AccessEntry> sink)
            throws LookupUnavailable {
        return query("key " + fingerprint, moment -> {
            Optional<RegisteredKey> key = moment.key(fingerprint);
            if (key.isPresent()) {
                switch (key.get().principal()) {
                    case Principal.OfAccount(Account account) ->
                        AccountAccess.of(moment, account.id(), key.get()).each(scope, traversal(after, sink));
                    case Principal.OfDeployKey _ -> ofDeployKey(moment, key.get(), traversal(after, sink));
                }
            }
            return key.isPresent();
        });
    }

    private static boolean ofDeployKey(MysqlSnapshot moment, RegisteredKey key, Traversal walk)
            throws LookupUnavailable {
        var rights =
                new TreeMap<>(new MysqlDeployKeyRights(moment.state()).ofKey(key.id())).tailMap(walk.last(), false);
        Map<Long, RecordedRepository> repositories =
                new MysqlSnapshotRepositories(moment.state()).repositories(rights.keySet());
        for (var right : rights.entrySet()) {
            RecordedRepository owned = repositories.get(right.getKey());
            if (owned != null) {
                AccessEntry reach = moment.deployKey(owned, key, right.getValue());
                var reached = AccessHistory.of(Stream.of(owned.repository()), List.of(Optional.of(reach)));
                if (!walk.accept(right.getKey(), reached)) {
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
        T ask(MysqlSnapshot moment) throws LookupUnavailable;
    }

    private <T> T query(String what, Query<T> question) throws LookupUnavailable {
        try {
            return question.ask(snapshots.get());
        } catch (DataAccessException e) {
            throw new LookupUnavailable("audit of " + what, e);
        }
    }
}
