package io.gerve.audit;

import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static org.jooq.impl.DSL.min;

import io.gerve.audit.Recorded.Owned;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Login;
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
public final class MysqlAudit {
    private final Supplier<MysqlMoment> moments;

    /** What is so now. */
    public MysqlAudit(Supplier<DSLContext> database, KeyDirectory keys, InstantSource clock) {
        this.moments = () -> MysqlMoment.now(database.get(), keys, clock);
    }

    /** What was so at a time. */
    public MysqlAudit(Supplier<DSLContext> database, Instant at) {
        this.moments = () -> MysqlMoment.at(database.get(), at);
    }

    /** The time of the first change that is recorded: of what was before nothing is known but what is so since. Empty if there is none. */
    public Optional<Instant> recordedSince() throws LookupUnavailable {
        return asking(
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
        return asking("account " + login, moment -> moment.account(login));
    }

    /**
     * Everybody who can read or write a repository, with each way.
     *
     * @param after what is not given again
     * @return false if there is no such repository, or was none
     */
    public boolean ofRepository(RepositoryName name, Place after, Reach.Sink<Reach> sink) throws LookupUnavailable {
        return asking("repository " + name, moment -> {
            Optional<Owned> found = new MysqlRepositoryState(moment.state()).named(name);
            if (found.isPresent()) {
                new RepositoryReach(List.of(moment), found.get().repository().id()).each(walk(after, sink));
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
    public boolean ofAccount(Login login, Scope scope, Place after, Reach.Sink<Reach> sink) throws LookupUnavailable {
        return asking("account " + login, moment -> {
            Optional<Account> account = moment.account(login);
            if (account.isPresent()) {
                AccountReach.of(moment, account.get().id(), KnownKey.soundOneOf(account.get()))
                        .each(scope, walk(after, sink));
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
    public boolean ofTeam(Login organization, String slug, Place after, Reach.Sink<Reach> sink)
            throws LookupUnavailable {
        return asking("team " + organization + "/" + slug, moment -> {
            Optional<Account> owner = moment.account(organization);
            Optional<Recorded.Team> team = owner.stream()
                    .flatMap(account -> moment.state().teams(Set.of(account.id())).values().stream())
                    .filter(candidate -> candidate.slug().equalsIgnoreCase(slug))
                    .findFirst();
            if (owner.isPresent() && team.isPresent()) {
                new TeamReach(moment, owner.get(), team.get()).each(walk(after, sink));
            }
            return team.isPresent();
        });
    }

    /** Every repository that a key opens: its account's, or its own. */
    public boolean ofKey(Fingerprint fingerprint, Scope scope, Place after, Reach.Sink<Reach> sink)
            throws LookupUnavailable {
        return asking("key " + fingerprint, moment -> {
            Optional<KnownKey> key = moment.key(fingerprint);
            if (key.isPresent()) {
                switch (key.get().holder()) {
                    case KeyHolder.OfAccount(Account account) ->
                        AccountReach.of(moment, account.id(), key.get()).each(scope, walk(after, sink));
                    case KeyHolder.Deploy _ -> ofDeployKey(moment, key.get(), walk(after, sink));
                }
            }
            return key.isPresent();
        });
    }

    private static boolean ofDeployKey(MysqlMoment moment, KnownKey key, Walk walk) throws LookupUnavailable {
        var rights = new TreeMap<>(new MysqlDeployRights(moment.state()).ofKey(key.id())).tailMap(walk.last(), false);
        Map<Long, Owned> repositories = new MysqlRepositoryState(moment.state()).repositories(rights.keySet());
        for (var right : rights.entrySet()) {
            Owned owned = repositories.get(right.getKey());
            if (owned != null) {
                Reach reach = moment.deployKey(owned, key, right.getValue());
                var reached = Reached.of(Stream.of(owned.repository()), List.of(Optional.of(reach)));
                if (!walk.take(right.getKey(), reached)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Walk walk(Place after, Reach.Sink<Reach> sink) {
        return new Walk(after, Reached.Sink.of(sink));
    }

    private interface Question<T> {
        T ask(MysqlMoment moment) throws LookupUnavailable;
    }

    private <T> T asking(String what, Question<T> question) throws LookupUnavailable {
        try {
            return question.ask(moments.get());
        } catch (DataAccessException e) {
            throw new LookupUnavailable("audit of " + what, e);
        }
    }
}
