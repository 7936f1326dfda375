package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static org.jooq.impl.DSL.min;

import io.gerve.access.Decision;
import io.gerve.access.Findings;
import io.gerve.access.Repository;
import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.audit.Recorded.Owned;
import io.gerve.git.RepositoryName;
import io.gerve.git.Service;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/**
 * Answers who reaches which repositories, at one time. Candidates are found by the indexes, a page at a time, and what each may do is
 * decided by the gate's own code on the facts of that time; so memory does not grow with the answer.
 */
public final class MysqlAudit {
    private final Supplier<DSLContext> database;
    private final KeyDirectory keys;
    private final Instant at;
    private final Judge judge;

    /** What is so now. */
    public MysqlAudit(Supplier<DSLContext> database, KeyDirectory keys, InstantSource clock) {
        this.database = database;
        this.keys = keys;
        this.at = Instant.MAX;
        this.judge = new Judge(clock);
    }

    /** What was so at a time. */
    public MysqlAudit(Supplier<DSLContext> database, Instant at) {
        this.database = database;
        this.keys = new MysqlPastKeys(database, at);
        this.at = at;
        this.judge = new Judge(InstantSource.fixed(at));
    }

    /** The time of the first change that is recorded: of what was before nothing is known but what is so since. Empty if there is none. */
    public Optional<Instant> recordedSince() throws LookupUnavailable {
        return asking(
                "changes",
                state -> state.sql()
                        .select(min(GRANT_CHANGES.CHANGED_AT))
                        .from(GRANT_CHANGES)
                        .fetchOptional()
                        .map(row -> row.value1()));
    }

    /** @return empty if there is no such account, or was none */
    public Optional<Account> account(Login login) throws LookupUnavailable {
        return asking("account " + login, state -> account(state, login));
    }

    /**
     * Everybody who can read or write a repository, with each way.
     *
     * @return false if there is no such repository, or was none
     */
    public boolean ofRepository(RepositoryName name, Reach.Sink<Reach> sink) throws LookupUnavailable {
        return asking("repository " + name, state -> {
            Optional<Owned> found = new MysqlRepositoryState(state).named(name);
            if (found.isPresent()) {
                ofRepository(state, found.get(), sink);
            }
            return found.isPresent();
        });
    }

    /** Like {@link #ofRepository(RepositoryName, Reach.Sink)}, whatever its name. */
    boolean ofRepository(long id, Reach.Sink<Reach> sink) throws LookupUnavailable {
        return asking("repository " + id, state -> {
            Optional<Owned> found = Optional.ofNullable(
                    new MysqlRepositoryState(state).repositories(List.of(id)).get(id));
            if (found.isPresent()) {
                ofRepository(state, found.get(), sink);
            }
            return found.isPresent();
        });
    }

    Optional<Long> idOf(RepositoryName name) throws LookupUnavailable {
        return asking(
                "repository " + name,
                state -> new MysqlRepositoryState(state)
                        .named(name)
                        .map(owned -> owned.repository().id()));
    }

    void idsReachedBy(long account, LongConsumer ids) throws LookupUnavailable {
        asking("account " + account, state -> {
            new AccountReach(state, account).each(Scope.GRANTED, standing -> {
                ids.accept(standing.findings().repository().id());
                return true;
            });
            return account;
        });
    }

    /**
     * Every repository that an account reaches by more than its being public.
     *
     * @param scope whether those that everybody may read are given too
     * @return false if there is no such account, or was none
     */
    public boolean ofAccount(Login login, Scope scope, Reach.Sink<Reach> sink) throws LookupUnavailable {
        return asking("account " + login, state -> {
            Optional<Account> account = account(state, login);
            if (account.isPresent()) {
                ofAccount(state, account.get(), KnownKey.soundOneOf(account.get()), scope, sink);
            }
            return account.isPresent();
        });
    }

    /** Which repositories to give. */
    public enum Scope {
        GRANTED,
        GRANTED_AND_PUBLIC
    }

    /** Every repository that a member of a team reaches through it and the teams above it. */
    public boolean ofTeam(Login organization, String slug, Reach.Sink<Reach> sink) throws LookupUnavailable {
        return asking("team " + organization + "/" + slug, state -> {
            Optional<Account> owner = account(state, organization);
            Optional<Recorded.Team> team = owner.stream()
                    .flatMap(account -> state.teams(Set.of(account.id())).values().stream())
                    .filter(candidate -> candidate.slug().equalsIgnoreCase(slug))
                    .findFirst();
            if (owner.isPresent() && team.isPresent()) {
                var member = KnownKey.soundOneOf(TeamReach.aMember());
                new TeamReach(state, owner.get().id(), team.get())
                        .each(standing -> sink.take(reach(member, standing, organization + "/" + slug, "team")));
            }
            return team.isPresent();
        });
    }

    /** Every repository that a key opens: its account's, or its own. */
    public boolean ofKey(Fingerprint fingerprint, Scope scope, Reach.Sink<Reach> sink) throws LookupUnavailable {
        Optional<KnownKey> key = keys.find(fingerprint).value();
        return asking("key " + fingerprint, state -> {
            if (key.isPresent()) {
                switch (key.get().holder()) {
                    case KeyHolder.OfAccount(Account account) -> ofAccount(state, account, key.get(), scope, sink);
                    case KeyHolder.Deploy _ -> ofDeployKey(state, key.get(), sink);
                }
            }
            return key.isPresent();
        });
    }

    private void ofRepository(MysqlState state, Owned owned, Reach.Sink<Reach> sink) throws LookupUnavailable {
        Repository repository = owned.repository();
        var alone = new Relations(state, List.of(repository.id()), List.of());
        if (repository.visibility() == Repository.Visibility.PUBLIC && !sink.take(everybody(alone, owned))) {
            return;
        }
        for (Map.Entry<Long, Role> right :
                new MysqlDeployRights(state).ofRepository(repository.id()).entrySet()) {
            Optional<KnownKey> key = key(state, right.getKey());
            if (key.isPresent() && !sink.take(deployKey(alone, owned, key.get(), right.getValue()))) {
                return;
            }
        }
        var candidates = new MysqlCandidates(state).accounts(repository);
        long last = 0;
        while (last != Long.MAX_VALUE) {
            var page = candidates.after(last);
            last = page.last();
            var relations = new Relations(state, List.of(repository.id()), page.ids());
            var accounts = state.accounts(page.ids());
            for (long id : page.ids()) {
                var holder = accounts.get(id);
                Standing standing = relations.of(id, owned);
                if (holder != null
                        && standing.isParticular()
                        && !sink.take(reach(KnownKey.soundOneOf(holder.account()), standing))) {
                    return;
                }
            }
        }
    }

    private Reach everybody(Relations relations, Owned owned) throws LookupUnavailable {
        var nobody = new Rights.Granted(Role.NONE, Rights.Membership.NONE, Role.NONE);
        var account = new Account(0, new Login("everybody"), Account.Kind.USER, Account.Standing.ACTIVE, "");
        var standing = new Standing(relations.known(owned, nobody), List.of(new Way.Public()), List.of());
        return reach(KnownKey.soundOneOf(account), standing, "everybody", "everybody");
    }

    private Reach deployKey(Relations relations, Owned owned, KnownKey key, Role role) throws LookupUnavailable {
        return reach(
                key,
                new Standing(
                        relations.known(owned, new Rights.DeployKey(role)),
                        List.of(new Way.DeployKey(role)),
                        List.of()));
    }

    private void ofDeployKey(MysqlState state, KnownKey key, Reach.Sink<Reach> sink) throws LookupUnavailable {
        Map<Long, Role> rights = new MysqlDeployRights(state).ofKey(key.id());
        var relations = new Relations(state, rights.keySet(), List.of());
        for (Owned owned : relations.repositories().values()) {
            Role role = rights.getOrDefault(owned.repository().id(), Role.NONE);
            if (!sink.take(deployKey(relations, owned, key, role))) {
                return;
            }
        }
    }

    private void ofAccount(MysqlState state, Account account, KnownKey key, Scope scope, Reach.Sink<Reach> sink)
            throws LookupUnavailable {
        new AccountReach(state, account.id()).each(scope, standing -> sink.take(reach(key, standing)));
    }

    private Reach reach(KnownKey key, Standing standing) throws LookupUnavailable {
        return switch (key.holder()) {
            case KeyHolder.OfAccount(Account account) ->
                reach(key, standing, account.login().text(), "user");
            case KeyHolder.Deploy _ -> reach(key, standing, key.fingerprint().text(), "deploy-key");
        };
    }

    private Reach reach(KnownKey key, Standing standing, String who, String kind) throws LookupUnavailable {
        Findings.Known findings = standing.findings();
        Decision pull = judge.decide(key, findings, Service.UPLOAD_PACK);
        List<String> amiss = new ArrayList<>();
        standing.idle().forEach(way -> amiss.add("does not count without membership: " + way.text()));
        if (pull instanceof Decision.Denied denied && !standing.ways().isEmpty()) {
            switch (denied.rule()) {
                case KEY_REVOKED, KEY_EXPIRED, ACCOUNT_SUSPENDED ->
                    amiss.add("still has rights: " + denied.rule().word());
                default -> {}
            }
        }
        return new Reach(
                who,
                kind,
                findings.repository().id(),
                findings.repository().name(),
                pull,
                judge.decide(key, findings, Service.RECEIVE_PACK),
                standing.ways(),
                amiss);
    }

    private static Optional<Account> account(MysqlState state, Login login) {
        return state.sql()
                .select(ACCOUNTS.ID)
                .from(ACCOUNTS)
                .where(ACCOUNTS.LOGIN.eq(login.text()))
                .fetchOptional(ACCOUNTS.ID)
                .flatMap(id -> Optional.ofNullable(state.accounts(List.of(id)).get(id)))
                .map(Recorded.Holder::account);
    }

    private Optional<KnownKey> key(MysqlState state, long id) throws LookupUnavailable {
        Optional<byte[]> digest = state.sql()
                .select(PUBLIC_KEYS.FINGERPRINT)
                .from(PUBLIC_KEYS)
                .where(PUBLIC_KEYS.ID.eq(id))
                .fetchOptional(PUBLIC_KEYS.FINGERPRINT);
        return digest.isPresent()
                ? keys.find(Fingerprint.ofDigest(digest.get())).value()
                : Optional.empty();
    }

    private interface Question<T> {
        T ask(MysqlState state) throws LookupUnavailable;
    }

    private <T> T asking(String what, Question<T> question) throws LookupUnavailable {
        try {
            return question.ask(new MysqlState(database.get(), at));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("audit of " + what, e);
        }
    }
}
