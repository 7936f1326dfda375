package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.FILE_SERVERS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.TEAMS;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.val;

import io.gerve.audit.access.AccessEntry;
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
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/** Who changed what, when and through what, oldest first. */
public final class MysqlChangeHistory {
    private static final int PAGE = 1000;
    /** As far as a database can tell. */
    private static final Range ALWAYS = new Range(Instant.EPOCH, Instant.parse("9999-12-31T23:59:59Z"), 0);

    private static final List<ChangeKind> KINDS_OF_SERVERS =
            List.of(ChangeKind.ROUTE, ChangeKind.FILE_SERVER, ChangeKind.FILE_SERVER_HOST);

    private final Supplier<DSLContext> database;

    public MysqlChangeHistory(Supplier<DSLContext> database) {
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

    /**
     * From when to when, both included.
     *
     * @param after the id of the change behind which to go on, 0 for the first
     */
    public record Range(Instant since, Instant until, long after) {
        boolean has(GrantChangesRecord change) {
            return !change.getChangedAt().isBefore(since)
                    && !change.getChangedAt().isAfter(until);
        }
    }

    /** Whether there is such a subject, or was when something was recorded of it. */
    public boolean isKnown(Subject subject) throws LookupUnavailable {
        return query(sql -> pages(sql, subject, ALWAYS, Optional.empty()).isPresent());
    }

    /** Gives none if there is no such subject.
     *  @return false if there is no change to go on behind */
    public boolean each(Subject subject, Range stretch, AccessEntry.Sink<GrantChange> sink) throws LookupUnavailable {
        return query(sql -> {
            Optional<GrantChangesRecord> start = stretch.after() == 0
                    ? Optional.empty()
                    : sql.selectFrom(GRANT_CHANGES)
                            .where(GRANT_CHANGES.ID.eq(stretch.after()))
                            .fetchOptional();
            if (start.isEmpty() && stretch.after() != 0) {
                return false;
            }
            pages(sql, subject, stretch, start).ifPresent(pages -> each(sql, pages, stretch, sink));
            return true;
        });
    }

    private <T> T query(Function<DSLContext, T> question) throws LookupUnavailable {
        try {
            return question.apply(database.get());
        } catch (DataAccessException e) {
            throw new LookupUnavailable("changes", e);
        }
    }

    /** The changes behind one, empty for the first, as many as a page has; fewer if there are no more. */
    private interface Pages {
        List<GrantChangesRecord> after(Optional<GrantChangesRecord> last);

        /** Whether it is one that was asked for: a page may have others too. */
        default boolean has(GrantChangesRecord change) {
            return true;
        }
    }

    private static void each(DSLContext sql, Pages pages, Range stretch, AccessEntry.Sink<GrantChange> sink) {
        collect(pages, page -> {
            List<GrantChangesRecord> wanted =
                    page.stream().filter(stretch::has).filter(pages::has).toList();
            var names = new Names(sql, wanted);
            return !wanted.stream().allMatch(change -> sink.accept(names.resolved(change)));
        });
    }

    /** Goes from page to page.
     *  @param isLast whether no more is wanted after this page
     *  @return whether it said so of any */
    private static boolean collect(Pages pages, Predicate<List<GrantChangesRecord>> isLast) {
        Optional<GrantChangesRecord> last = Optional.empty();
        List<GrantChangesRecord> page;
        do {
            page = pages.after(last);
            if (isLast.test(page)) {
                return true;
            }
            last = page.isEmpty() ? last : Optional.of(page.getLast());
        } while (page.size() == PAGE);
        return false;
    }

    /** @param start the change behind which to go on
     *  @return empty if there is no such subject, and was none */
    private static Optional<Pages> pages(
            DSLContext sql, Subject subject, Range stretch, Optional<GrantChangesRecord> start) {
        return switch (subject) {
            case Subject.All _ ->
                Optional.of(byTime(sql, stretch, start, new Source("grant_changes_time", noCondition())));
            case Subject.OfAccount(Login login) ->
                MysqlSnapshotFacts.idOf(sql, login)
                        .map(id -> byId(
                                sql,
                                stretch,
                                new Source("grant_changes_of_account", GRANT_CHANGES.ACCOUNT_ID.eq(id)),
                                new Source("grant_changes_of_organization", GRANT_CHANGES.ORGANIZATION_ID.eq(id))));
            case Subject.OfRepository(RepositoryName name) ->
                repository(sql, name)
                        .map(id -> byId(
                                sql,
                                stretch,
                                new Source("grant_changes_of_repository", GRANT_CHANGES.REPOSITORY_ID.eq(id))));
            case Subject.OfTeam(Login organization, String slug) ->
                MysqlSnapshotFacts.idOf(sql, organization)
                        .flatMap(id -> sql.select(TEAMS.ID)
                                .from(TEAMS)
                                .where(TEAMS.ORGANIZATION_ID.eq(id))
                                .and(TEAMS.SLUG.eq(slug))
                                .fetchOptional(TEAMS.ID))
                        .map(id ->
                                byId(sql, stretch, new Source("grant_changes_of_team", GRANT_CHANGES.TEAM_ID.eq(id))));
            case Subject.OfKey(Fingerprint fingerprint) ->
                sql.select(PUBLIC_KEYS.ID)
                        .from(PUBLIC_KEYS)
                        .where(PUBLIC_KEYS.FINGERPRINT.eq(fingerprint.digest()))
                        .fetchOptional(PUBLIC_KEYS.ID)
                        .map(id -> byId(sql, stretch, new Source("grant_changes_of_key", GRANT_CHANGES.KEY_ID.eq(id))));
            case Subject.OfServer(String name) ->
                Optional.of(name.toLowerCase(Locale.ROOT))
                        .filter(server -> isServer(sql, server))
                        .map(server -> ofServer(sql, stretch, start, server));
        };
    }

    /** One that is gone is recorded with its end or, if that was by other ways than Gerve's, with what was before. */
    private static boolean isServer(DSLContext sql, String name) {
        if (!Route.isName(name)) {
            return false;
        }
        if (sql.fetchExists(FILE_SERVERS, FILE_SERVERS.NAME.eq(name))) {
            return true;
        }
        Pages pages = ofServer(sql, ALWAYS, Optional.empty(), name);
        return collect(pages, page -> page.stream().anyMatch(pages::has));
    }

    /** Few of a site's changes are of routes and file servers, so that those of other servers are read along. */
    private static Pages ofServer(DSLContext sql, Range stretch, Optional<GrantChangesRecord> start, String name) {
        Source[] kinds = KINDS_OF_SERVERS.stream()
                .map(kind -> new Source("grant_changes_of_kind", GRANT_CHANGES.KIND.eq(kind)))
                .toArray(Source[]::new);
        Pages pages = byTime(sql, stretch, start, kinds);
        return new Pages() {
            @Override
            public List<GrantChangesRecord> after(Optional<GrantChangesRecord> last) {
                return pages.after(last);
            }

            @Override
            public boolean has(GrantChangesRecord change) {
                return Stream.of(change.getBeforeValue(), change.getAfterValue())
                        .filter(Objects::nonNull)
                        .anyMatch(value -> change.getKind() == ChangeKind.ROUTE
                                ? value.equalsIgnoreCase(name)
                                : value.regionMatches(true, 0, name + ":", 0, name.length() + 1));
            }
        };
    }

    /** What was before the beginning is not read. */
    private static Pages byTime(DSLContext sql, Range stretch, Optional<GrantChangesRecord> start, Source... sources) {
        Field<Instant> time = GRANT_CHANGES.CHANGED_AT;
        return last -> Stream.of(sources)
                .flatMap(source -> sql
                        .selectFrom(GRANT_CHANGES.forceIndex(source.index()))
                        .where(source.which())
                        .and(time.le(val(stretch.until(), time)))
                        .and(last.or(() -> start)
                                .map(change -> MysqlTimeOrder.isAfter(
                                        time, change.getChangedAt(), GRANT_CHANGES.ID, change.getId()))
                                .orElseGet(() -> time.ge(val(stretch.since(), time))))
                        .orderBy(time, GRANT_CHANGES.ID)
                        .limit(PAGE)
                        .fetch()
                        .stream())
                .sorted(Comparator.comparing(GrantChangesRecord::getChangedAt).thenComparing(GrantChangesRecord::getId))
                .limit(PAGE)
                .toList();
    }

    /** Changes that an index has together. It is named lest the database think better of reading the whole table in order. */
    private record Source(String index, Condition which) {}

    /** By id, as the indexes of all that changes concern have it. The times are looked at later, so that each page is one range of each. */
    private static Pages byId(DSLContext sql, Range stretch, Source... sources) {
        return last -> Stream.of(sources)
                .flatMap(source -> sql
                        .selectFrom(GRANT_CHANGES.forceIndex(source.index()))
                        .where(source.which())
                        .and(GRANT_CHANGES.ID.gt(
                                last.map(GrantChangesRecord::getId).orElse(stretch.after())))
                        .orderBy(GRANT_CHANGES.ID)
                        .limit(PAGE)
                        .fetch()
                        .stream())
                .collect(
                        Collectors.toMap(GrantChangesRecord::getId, Function.identity(), (one, _) -> one, TreeMap::new))
                .values()
                .stream()
                .limit(PAGE)
                .toList();
    }

    private static Optional<Long> repository(DSLContext sql, RepositoryName name) {
        return new MysqlSnapshotRepositories(new MysqlSnapshotFacts(sql, Instant.MAX))
                .byName(name)
                .map(owned -> owned.repository().id())
                .or(() -> lastNamed(sql, name));
    }

    /** The repository that last had a name, whatever became of it. Each kind is the end of a range of its own, where both would be sorted. */
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
