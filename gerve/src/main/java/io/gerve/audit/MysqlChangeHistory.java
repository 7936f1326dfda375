package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.FILE_SERVERS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.TEAMS;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.val;

import io.gerve.audit.access.Results;
import io.gerve.audit.snapshot.MysqlSnapshotFacts;
import io.gerve.audit.snapshot.MysqlSnapshotRepositories;
import io.gerve.audit.snapshot.MysqlTimeOrder;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.routing.Route;
import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/** History of the recorded changes, oldest first: who changed what, when, and with which program. */
public final class MysqlChangeHistory {
    private static final int PAGE = 1000;
    private static final String WHAT = "changes";

    /** The whole range of times that the database can store. */
    private static final Range ALWAYS = new Range(Instant.EPOCH, Instant.parse("9999-12-31T23:59:59Z"), 0);

    private static final List<ChangeKind> KINDS_OF_SERVERS =
            List.of(ChangeKind.ROUTE, ChangeKind.FILE_SERVER, ChangeKind.FILE_SERVER_HOST);

    private final Supplier<DSLContext> database;

    public MysqlChangeHistory(Supplier<DSLContext> database) {
        this.database = database;
    }

    /** The subject of the changes to report. Each kind of subject has its own index. */
    public sealed interface Subject {
        record All() implements Subject {}

        record OfAccount(Login login) implements Subject {}

        record OfRepository(RepositoryName name) implements Subject {}

        record OfTeam(Login organization, String slug) implements Subject {}

        record OfKey(Fingerprint fingerprint) implements Subject {}

        /** Changes of the server's hosts, and of routes to or away from it. */
        record OfServer(String name) implements Subject {}
    }

    /**
     * The range of changes to report, both times inclusive.
     *
     * @param after the id of the change after which to continue; 0 for the first
     */
    public record Range(Instant since, Instant until, long after) {
        boolean includes(GrantChangesRecord change) {
            return !change.getChangedAt().isBefore(since)
                    && !change.getChangedAt().isAfter(until);
        }
    }

    /** Returns whether the subject exists, or existed when a change of it was recorded. */
    public boolean isKnown(Subject subject) throws LookupUnavailable {
        return MysqlLookup.of(
                WHAT,
                () -> pages(database.get(), subject, ALWAYS, Optional.empty()).isPresent());
    }

    /**
     * Returns the changes of a subject; none if there is no such subject.
     *
     * @return empty if the change after which to continue does not exist
     */
    public Optional<Results<GrantChange>> changes(Subject subject, Range range) throws LookupUnavailable {
        return MysqlLookup.of(WHAT, () -> {
            DSLContext sql = database.get();
            Optional<GrantChangesRecord> start = range.after() == 0
                    ? Optional.empty()
                    : sql.fetchOptional(GRANT_CHANGES, GRANT_CHANGES.ID.eq(range.after()));
            if (start.isEmpty() && range.after() != 0) {
                return Optional.empty();
            }
            Results<List<GrantChangesRecord>> pages =
                    pages(sql, subject, range, start).orElse(Results.none());
            return Optional.of(MysqlLookup.each(WHAT, pages.flatMap(page -> Results.of(resolved(sql, page, range)))));
        });
    }

    private static List<GrantChange> resolved(DSLContext sql, List<GrantChangesRecord> page, Range range) {
        List<GrantChangesRecord> wanted = page.stream().filter(range::includes).toList();
        var names = new Names(sql, wanted);
        return wanted.stream().map(names::resolved).toList();
    }

    /**
     * Returns the pages of a subject's changes.
     *
     * @param start the change after which to continue
     * @return empty if the subject does not exist and never did
     */
    private static Optional<Results<List<GrantChangesRecord>>> pages(
            DSLContext sql, Subject subject, Range range, Optional<GrantChangesRecord> start) throws LookupUnavailable {
        return switch (subject) {
            case Subject.All _ ->
                Optional.of(byTime(sql, range, start, new Source("grant_changes_time", noCondition())));
            case Subject.OfAccount(Login login) ->
                MysqlSnapshotFacts.idOf(sql, login)
                        .map(id -> byId(
                                sql,
                                range,
                                new Source("grant_changes_of_account", GRANT_CHANGES.ACCOUNT_ID.eq(id)),
                                new Source("grant_changes_of_organization", GRANT_CHANGES.ORGANIZATION_ID.eq(id))));
            case Subject.OfRepository(RepositoryName name) ->
                repository(sql, name)
                        .map(id -> byId(
                                sql,
                                range,
                                new Source("grant_changes_of_repository", GRANT_CHANGES.REPOSITORY_ID.eq(id))));
            case Subject.OfTeam(Login organization, String slug) ->
                MysqlSnapshotFacts.idOf(sql, organization)
                        .flatMap(id -> sql.select(TEAMS.ID)
                                .from(TEAMS)
                                .where(TEAMS.ORGANIZATION_ID.eq(id))
                                .and(TEAMS.SLUG.eq(slug))
                                .fetchOptional(TEAMS.ID))
                        .map(id -> byId(sql, range, new Source("grant_changes_of_team", GRANT_CHANGES.TEAM_ID.eq(id))));
            case Subject.OfKey(Fingerprint fingerprint) ->
                sql.select(PUBLIC_KEYS.ID)
                        .from(PUBLIC_KEYS)
                        .where(PUBLIC_KEYS.FINGERPRINT.eq(fingerprint.digest()))
                        .fetchOptional(PUBLIC_KEYS.ID)
                        .map(id -> byId(sql, range, new Source("grant_changes_of_key", GRANT_CHANGES.KEY_ID.eq(id))));
            case Subject.OfServer(String name) ->
                isServer(sql, name.toLowerCase(Locale.ROOT))
                        ? Optional.of(ofServer(sql, range, start, name))
                        : Optional.empty();
        };
    }

    /** Returns whether a file server has the name, or a change of one with the name is recorded. */
    private static boolean isServer(DSLContext sql, String name) throws LookupUnavailable {
        if (!Route.isName(name)) {
            return false;
        }
        if (sql.fetchExists(FILE_SERVERS, FILE_SERVERS.NAME.eq(name))) {
            return true;
        }
        return ofServer(sql, ALWAYS, Optional.empty(), name)
                .flatMap(Results::of)
                .next()
                .isPresent();
    }

    /**
     * Returns the changes of one file server. It reads those of all file servers and routes, because a site has few of
     * them.
     */
    private static Results<List<GrantChangesRecord>> ofServer(
            DSLContext sql, Range range, Optional<GrantChangesRecord> start, String name) {
        Source[] kinds = KINDS_OF_SERVERS.stream()
                .map(kind -> new Source("grant_changes_of_kind", GRANT_CHANGES.KIND.eq(kind)))
                .toArray(Source[]::new);
        return byTime(sql, range, start, kinds)
                .flatMap(page -> Results.of(List.of(
                        page.stream().filter(change -> isOf(name, change)).toList())));
    }

    private static boolean isOf(String server, GrantChangesRecord change) {
        return Stream.of(change.getBeforeValue(), change.getAfterValue())
                .filter(Objects::nonNull)
                .anyMatch(value -> change.getKind() == ChangeKind.ROUTE
                        ? value.equalsIgnoreCase(server)
                        : value.regionMatches(true, 0, server + ":", 0, server.length() + 1));
    }

    /** Returns the changes of several sources ordered by time, starting at the beginning of the range. */
    private static Results<List<GrantChangesRecord>> byTime(
            DSLContext sql, Range range, Optional<GrantChangesRecord> start, Source... sources) {
        Field<Instant> time = GRANT_CHANGES.CHANGED_AT;
        return Results.inPages(
                PAGE,
                start,
                Optional::of,
                last -> Stream.of(sources)
                        .flatMap(source -> sql
                                .selectFrom(GRANT_CHANGES.forceIndex(source.index()))
                                .where(source.condition())
                                .and(time.le(val(range.until(), time)))
                                .and(last.map(change -> MysqlTimeOrder.isAfter(
                                                time, change.getChangedAt(), GRANT_CHANGES.ID, change.getId()))
                                        .orElseGet(() -> time.ge(val(range.since(), time))))
                                .orderBy(time, GRANT_CHANGES.ID)
                                .limit(PAGE)
                                .fetch()
                                .stream())
                        .sorted(Comparator.comparing(GrantChangesRecord::getChangedAt)
                                .thenComparing(GrantChangesRecord::getId))
                        .limit(PAGE)
                        .toList());
    }

    /**
     * A range of an index. The query forces the index, because the database may otherwise read the whole table in
     * order.
     */
    private record Source(String index, Condition condition) {}

    /**
     * Returns the changes of several sources ordered by id, as the indexes of subjects are. Times are filtered later,
     * so that a page is one range of each index.
     */
    private static Results<List<GrantChangesRecord>> byId(DSLContext sql, Range range, Source... sources) {
        return Results.inPages(
                PAGE,
                range.after(),
                GrantChangesRecord::getId,
                last -> Stream.of(sources)
                        .flatMap(source -> sql
                                .selectFrom(GRANT_CHANGES.forceIndex(source.index()))
                                .where(source.condition())
                                .and(GRANT_CHANGES.ID.gt(last))
                                .orderBy(GRANT_CHANGES.ID)
                                .limit(PAGE)
                                .fetch()
                                .stream())
                        .collect(Collectors.toMap(
                                GrantChangesRecord::getId, Function.identity(), (one, _) -> one, TreeMap::new))
                        .values()
                        .stream()
                        .limit(PAGE)
                        .toList());
    }

    private static Optional<Long> repository(DSLContext sql, RepositoryName name) {
        return new MysqlSnapshotRepositories(new MysqlSnapshotFacts(sql, Instant.MAX))
                .byName(name)
                .map(owned -> owned.repository().id())
                .or(() -> lastNamed(sql, name));
    }

    /**
     * Finds the repository that had the name last, even if it no longer exists. Each kind is queried separately as the
     * end of an index range; for both together the database would sort.
     */
    private static Optional<Long> lastNamed(DSLContext sql, RepositoryName name) {
        return Stream.of(ChangeKind.REPOSITORY, ChangeKind.REPOSITORY_NAME)
                .flatMap(kind -> sql
                        .selectFrom(GRANT_CHANGES.forceIndex("grant_changes_before"))
                        .where(GRANT_CHANGES.KIND.eq(kind))
                        .and(GRANT_CHANGES.BEFORE_VALUE.eq(name.toString()))
                        .orderBy(GRANT_CHANGES.ID.desc())
                        .limit(1)
                        .fetchOptional()
                        .stream())
                .max(Comparator.comparing(GrantChangesRecord::getId))
                .map(GrantChangesRecord::getRepositoryId);
    }

    /** The current names of the subjects of a page of changes. */
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

        GrantChange resolved(GrantChangesRecord change) {
            return new GrantChange(
                    change.getId(),
                    change.getChangedAt(),
                    change.getActor(),
                    change.getProgram(),
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
