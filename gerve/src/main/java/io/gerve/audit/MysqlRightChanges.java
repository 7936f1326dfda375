package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.TEAMS;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.val;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/** Who changed what, when and through what, oldest first. */
public final class MysqlRightChanges {
    private static final int PAGE = 1000;

    private final Supplier<DSLContext> database;

    public MysqlRightChanges(Supplier<DSLContext> database) {
        this.database = database;
    }

    /** Whose and what changes; everything of everybody if nothing is set. Each subject has an index of its own. */
    public sealed interface Subject {
        record All() implements Subject {}

        record OfAccount(Login login) implements Subject {}

        record OfRepository(RepositoryName name) implements Subject {}

        record OfTeam(Login organization, String slug) implements Subject {}

        record OfKey(Fingerprint fingerprint) implements Subject {}

        /** Its hosts, and who is routed to it or away from it. */
        record OfServer(String name) implements Subject {}
    }

    /** @return false if there is no such subject */
    public boolean each(Subject subject, Instant since, Instant until, Reach.Sink<RightChange> sink)
            throws LookupUnavailable {
        try {
            DSLContext sql = database.get();
            Optional<Condition> which = condition(sql, subject);
            if (which.isPresent()) {
                each(sql, which.get(), since, until, sink);
            }
            return which.isPresent();
        } catch (DataAccessException e) {
            throw new LookupUnavailable("changes", e);
        }
    }

    private static void each(
            DSLContext sql, Condition which, Instant since, Instant until, Reach.Sink<RightChange> sink) {
        Instant lastAt = since;
        long lastId = 0;
        List<GrantChangesRecord> page;
        do {
            page = sql.selectFrom(GRANT_CHANGES)
                    .where(which)
                    .and(GRANT_CHANGES.CHANGED_AT.le(until))
                    .and(GRANT_CHANGES
                            .CHANGED_AT
                            .gt(lastAt)
                            .or(GRANT_CHANGES
                                    .CHANGED_AT
                                    .eq(val(lastAt, GRANT_CHANGES.CHANGED_AT))
                                    .and(GRANT_CHANGES.ID.gt(lastId))))
                    .orderBy(GRANT_CHANGES.CHANGED_AT, GRANT_CHANGES.ID)
                    .limit(PAGE)
                    .fetch();
            var names = new Names(sql, page);
            for (GrantChangesRecord change : page) {
                lastAt = change.getChangedAt();
                lastId = change.getId();
                if (!sink.take(names.told(change))) {
                    return;
                }
            }
        } while (page.size() == PAGE);
    }

    private static Optional<Condition> condition(DSLContext sql, Subject subject) {
        return switch (subject) {
            case Subject.All _ -> Optional.of(noCondition());
            case Subject.OfAccount(Login login) ->
                account(sql, login).map(id -> GRANT_CHANGES.ACCOUNT_ID.eq(id).or(GRANT_CHANGES.ORGANIZATION_ID.eq(id)));
            case Subject.OfRepository(RepositoryName name) ->
                new MysqlRepositoryState(new MysqlState(sql, Instant.MAX))
                        .named(name)
                        .map(owned -> owned.repository().id())
                        .or(() -> sql.select(GRANT_CHANGES.REPOSITORY_ID)
                                .from(GRANT_CHANGES)
                                .where(GRANT_CHANGES.KIND.in("repository", "repository-name"))
                                .and(GRANT_CHANGES.BEFORE_VALUE.eq(name.toString()))
                                .orderBy(GRANT_CHANGES.ID.desc())
                                .limit(1)
                                .fetchOptional(GRANT_CHANGES.REPOSITORY_ID))
                        .map(GRANT_CHANGES.REPOSITORY_ID::eq);
            case Subject.OfTeam(Login organization, String slug) ->
                account(sql, organization)
                        .flatMap(id -> sql.select(TEAMS.ID)
                                .from(TEAMS)
                                .where(TEAMS.ORGANIZATION_ID.eq(id))
                                .and(TEAMS.SLUG.eq(slug))
                                .fetchOptional(TEAMS.ID))
                        .map(GRANT_CHANGES.TEAM_ID::eq);
            case Subject.OfKey(Fingerprint fingerprint) ->
                sql.select(PUBLIC_KEYS.ID)
                        .from(PUBLIC_KEYS)
                        .where(PUBLIC_KEYS.FINGERPRINT.eq(fingerprint.digest()))
                        .fetchOptional(PUBLIC_KEYS.ID)
                        .map(GRANT_CHANGES.KEY_ID::eq);
            case Subject.OfServer(String name) ->
                Optional.of(GRANT_CHANGES
                        .KIND
                        .eq("route")
                        .and(GRANT_CHANGES.BEFORE_VALUE.eq(name).or(GRANT_CHANGES.AFTER_VALUE.eq(name)))
                        .or(GRANT_CHANGES
                                .KIND
                                .in("file-server", "file-server-host")
                                .and(GRANT_CHANGES
                                        .BEFORE_VALUE
                                        .startsWith(name + ":")
                                        .or(GRANT_CHANGES.AFTER_VALUE.startsWith(name + ":")))));
        };
    }

    private static Optional<Long> account(DSLContext sql, Login login) {
        return sql.select(ACCOUNTS.ID)
                .from(ACCOUNTS)
                .where(ACCOUNTS.LOGIN.eq(login.text()))
                .fetchOptional(ACCOUNTS.ID);
    }

    /** The names of what a page of changes concerns. */
    private static final class Names {
        private final Map<Long, String> accounts;
        private final Map<Long, String> repositories = new HashMap<>();
        private final Map<Long, String> teams = new HashMap<>();
        private final Map<Long, String> keys = new HashMap<>();

        Names(DSLContext sql, List<GrantChangesRecord> page) {
            var accountIds = ids(page, GrantChangesRecord::getAccountId);
            accountIds.addAll(ids(page, GrantChangesRecord::getOrganizationId));
            this.accounts = sql.select(ACCOUNTS.ID, ACCOUNTS.LOGIN)
                    .from(ACCOUNTS)
                    .where(ACCOUNTS.ID.in(accountIds))
                    .fetchMap(ACCOUNTS.ID, ACCOUNTS.LOGIN);
            sql.select(REPOSITORIES.ID, ACCOUNTS.LOGIN, REPOSITORIES.NAME)
                    .from(REPOSITORIES)
                    .join(ACCOUNTS)
                    .on(ACCOUNTS.ID.eq(REPOSITORIES.OWNER_ID))
                    .where(REPOSITORIES.ID.in(ids(page, GrantChangesRecord::getRepositoryId)))
                    .forEach(row -> repositories.put(row.value1(), row.value2() + "/" + row.value3()));
            sql.select(TEAMS.ID, ACCOUNTS.LOGIN, TEAMS.SLUG)
                    .from(TEAMS)
                    .join(ACCOUNTS)
                    .on(ACCOUNTS.ID.eq(TEAMS.ORGANIZATION_ID))
                    .where(TEAMS.ID.in(ids(page, GrantChangesRecord::getTeamId)))
                    .forEach(row -> teams.put(row.value1(), row.value2() + "/" + row.value3()));
            sql.select(PUBLIC_KEYS.ID, PUBLIC_KEYS.FINGERPRINT)
                    .from(PUBLIC_KEYS)
                    .where(PUBLIC_KEYS.ID.in(ids(page, GrantChangesRecord::getKeyId)))
                    .forEach(row -> keys.put(
                            row.value1(), Fingerprint.ofDigest(row.value2()).text()));
        }

        RightChange told(GrantChangesRecord change) {
            return new RightChange(
                    change.getId(),
                    change.getChangedAt(),
                    change.getChangedBy(),
                    change.getChangedThrough(),
                    change.getKind(),
                    name(accounts, change.getAccountId()),
                    name(repositories, change.getRepositoryId()),
                    name(teams, change.getTeamId()),
                    name(accounts, change.getOrganizationId()),
                    name(keys, change.getKeyId()),
                    Objects.requireNonNullElse(change.getBeforeValue(), ""),
                    Objects.requireNonNullElse(change.getAfterValue(), ""));
        }

        private static String name(Map<Long, String> names, @Nullable Long id) {
            return id == null ? "" : names.getOrDefault(id, id.toString());
        }

        private static Collection<Long> ids(
                List<GrantChangesRecord> page, Function<GrantChangesRecord, @Nullable Long> column) {
            return page.stream().map(column).filter(Objects::nonNull).collect(Collectors.toSet());
        }
    }
}
