package io.gerve.accesslog;

import static io.gerve.sql.schema.Tables.ACCESS_LOG;
import static io.gerve.sql.schema.Tables.ACCESS_LOG_CHAINS;
import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.REPOSITORY_REDIRECTS;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.noCondition;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestId;
import io.gerve.sql.Database;
import io.gerve.sql.schema.tables.records.AccessLogRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Table;
import org.jooq.exception.DataAccessException;

/**
 * Queries on the access log. Pages are read along an index, so memory does not grow with the log. Safe for use by many
 * threads.
 *
 * <p>Each method throws {@link LookupUnavailable} if the database does not answer in time.
 */
public final class MysqlAccessLogReader {
    private static final HexFormat HEX = HexFormat.of();
    private static final String BY_TIME = "access_log_time";

    private final Database database;

    public MysqlAccessLogReader(Database database) {
        this.database = database;
    }

    /** The order of records, by the time at which their requests came in. */
    public enum Order {
        NEWEST_FIRST,
        OLDEST_FIRST
    }

    /** The end of a page. */
    public record Cursor(Instant at, long id) {
        /** Returns the cursor before the first record of the order. */
        public static Cursor start(Order order) {
            return switch (order) {
                case NEWEST_FIRST -> new Cursor(Instant.parse("9999-12-31T23:59:59Z"), Long.MAX_VALUE);
                case OLDEST_FIRST -> new Cursor(Instant.EPOCH, 0);
            };
        }
    }

    /**
     * A page of records.
     *
     * @param unreadable the number of rows with values that no gate writes, because somebody changed them
     * @param end the cursor with which to ask for the next page
     */
    public record Page(List<ChainedRecord> records, int unreadable, Cursor end) {
        public Page {
            records = List.copyOf(records);
        }

        public boolean isEmpty() {
            return records.isEmpty() && unreadable == 0;
        }
    }

    /**
     * A part of a gate's chain, in its order.
     *
     * @param unreadable the number of rows with values that no gate writes
     * @param end the position of the last row, readable or not, after which to continue
     */
    record Segment(List<ChainedRecord> records, int unreadable, long end) {
        Segment {
            records = List.copyOf(records);
        }
    }

    /** The two ends of a gate's chain. */
    record Ends(String gate, long anchorPosition, String anchorHash, long headPosition, String headHash) {}

    /** A record's time and links in its chain, and whether the record is unchanged since it was written. */
    record Link(long position, Instant at, String previousHash, String hash, String request, boolean unchanged) {}

    /**
     * Finds the end record of a request, or its begin record if the log has no end record.
     *
     * @throws LookupUnavailable also if the row cannot be read because somebody changed it
     */
    public Optional<ChainedRecord> find(RequestId request) throws LookupUnavailable {
        return find(ACCESS_LOG.REQUEST_ID.eq(request.text()));
    }

    /**
     * Finds the record of a request if the key's account, or the deploy key itself, made the request. The result for a
     * request of somebody else is empty, as for one that does not exist.
     */
    public Optional<ChainedRecord> findOwn(RequestId request, RegisteredKey key) throws LookupUnavailable {
        Condition isOwn = switch (key.principal()) {
            case Principal.OfAccount(var account) -> ACCESS_LOG.ACCOUNT_ID.eq(account.id());
            case Principal.OfDeployKey _ ->
                ACCESS_LOG
                        .ACCOUNT_ID
                        .isNull()
                        .and(ACCESS_LOG.KEY_FINGERPRINT.eq(key.fingerprint().digest()));
        };
        return find(ACCESS_LOG.REQUEST_ID.eq(request.text()).and(isOwn));
    }

    private Optional<ChainedRecord> find(Condition condition) throws LookupUnavailable {
        return query(sql -> MysqlRunningRequests.find(sql, condition).map(MysqlAccessLogRows::chained));
    }

    /**
     * Returns the next page of the records that meet all filters, one for each request: its end record, or its begin
     * record if the log has no end record. Only the page after the last record is empty.
     */
    public Page page(List<AccessLogFilter> filters, Order order, Cursor after, int limit) throws LookupUnavailable {
        return query(sql -> {
            List<AccessLogRecord> rows;
            Page page = new Page(List.of(), 0, after);
            do {
                rows = rows(sql, filters, order, page.end(), limit);
                page = page(MysqlRunningRequests.hideEnded(sql, rows), end(rows, page.end()));
            } while (page.isEmpty() && !rows.isEmpty());
            return page;
        });
    }

    private static List<AccessLogRecord> rows(
            DSLContext sql, List<AccessLogFilter> filters, Order order, Cursor after, int limit) {
        List<AccessLogRecord> rows = new ArrayList<>();
        Table<AccessLogRecord> log = withIndexes(filters);
        for (Condition alternative : alternatives(filters)) {
            rows.addAll(first(sql, log, alternative.and(after(after, order)), order, limit));
        }
        rows.sort(comparator(order));
        return rows.subList(0, Math.min(limit, rows.size()));
    }

    private static List<AccessLogRecord> first(
            DSLContext sql, Table<AccessLogRecord> log, Condition condition, Order order, int limit) {
        var query = sql.selectFrom(log).where(condition);
        var ordered = switch (order) {
            case NEWEST_FIRST -> query.orderBy(ACCESS_LOG.OCCURRED_AT.desc(), ACCESS_LOG.ID.desc());
            case OLDEST_FIRST -> query.orderBy(ACCESS_LOG.OCCURRED_AT, ACCESS_LOG.ID);
        };
        return ordered.limit(limit).fetch();
    }

    /**
     * Returns the table with the indexes of the filters forced; the database chooses one of them. Without this, MySQL
     * reads the whole log by time to find a rare decision.
     */
    private static Table<AccessLogRecord> withIndexes(List<AccessLogFilter> filters) {
        String[] indexes = filters.stream()
                .map(MysqlAccessLogReader::index)
                .filter(index -> !index.equals(BY_TIME))
                .distinct()
                .toArray(String[]::new);
        return indexes.length == 0 ? ACCESS_LOG.forceIndex(BY_TIME) : ACCESS_LOG.forceIndex(indexes);
    }

    private static String index(AccessLogFilter filter) {
        return switch (filter) {
            case AccessLogFilter.OfAccount _ -> "access_log_of_account";
            case AccessLogFilter.OfKey _ -> "access_log_of_key";
            case AccessLogFilter.OfRepository _ -> "access_log_of_repository";
            case AccessLogFilter.FromAddress _ -> "access_log_of_address";
            case AccessLogFilter.Verb _ -> "access_log_of_command";
            case AccessLogFilter.Refused _ -> "access_log_of_decision";
            case AccessLogFilter.Since _, AccessLogFilter.Before _ -> BY_TIME;
        };
    }

    private static Comparator<AccessLogRecord> comparator(Order order) {
        Comparator<AccessLogRecord> byTime =
                Comparator.comparing(AccessLogRecord::getOccurredAt).thenComparing(AccessLogRecord::getId);
        return switch (order) {
            case NEWEST_FIRST -> byTime.reversed();
            case OLDEST_FIRST -> byTime;
        };
    }

    /**
     * Returns conditions that are queried one by one, because each is one range of an index. For several values in one
     * query, the database sorts all matching rows.
     */
    private static List<Condition> alternatives(List<AccessLogFilter> filters) {
        List<Condition> all = List.of(noCondition());
        for (AccessLogFilter filter : filters) {
            List<Condition> one = conditions(filter);
            all = all.stream()
                    .flatMap(condition -> one.stream().map(condition::and))
                    .toList();
        }
        return all;
    }

    private static Page page(List<AccessLogRecord> rows, Cursor end) {
        List<ChainedRecord> records = readable(rows);
        return new Page(records, rows.size() - records.size(), end);
    }

    private static Cursor end(List<AccessLogRecord> rows, Cursor before) {
        return rows.isEmpty()
                ? before
                : new Cursor(rows.getLast().getOccurredAt(), rows.getLast().getId());
    }

    private static List<ChainedRecord> readable(List<AccessLogRecord> rows) {
        List<ChainedRecord> records = new ArrayList<>();
        for (AccessLogRecord row : rows) {
            try {
                records.add(MysqlAccessLogRows.chained(row));
            } catch (IllegalArgumentException _) {
                // Somebody changed the row; the result states how many such rows there are.
            }
        }
        return records;
    }

    /**
     * Returns the condition for rows after the cursor. It is spelled out because MySQL uses no index for a comparison
     * of pairs.
     */
    private static Condition after(Cursor cursor, Order order) {
        return switch (order) {
            case NEWEST_FIRST ->
                ACCESS_LOG
                        .OCCURRED_AT
                        .le(cursor.at())
                        .and(ACCESS_LOG.OCCURRED_AT.lt(cursor.at()).or(ACCESS_LOG.ID.lt(cursor.id())));
            case OLDEST_FIRST ->
                ACCESS_LOG
                        .OCCURRED_AT
                        .ge(cursor.at())
                        .and(ACCESS_LOG.OCCURRED_AT.gt(cursor.at()).or(ACCESS_LOG.ID.gt(cursor.id())));
        };
    }

    /** Returns the alternatives of a filter, of which no two hold for the same record. */
    private static List<Condition> conditions(AccessLogFilter filter) {
        return switch (filter) {
            case AccessLogFilter.OfAccount(long id) -> List.of(ACCESS_LOG.ACCOUNT_ID.eq(id));
            case AccessLogFilter.OfKey(var fingerprint) -> List.of(ACCESS_LOG.KEY_FINGERPRINT.eq(fingerprint.digest()));
            case AccessLogFilter.OfRepository(var names) ->
                names.stream().map(ACCESS_LOG.REPOSITORY::eq).toList();
            case AccessLogFilter.FromAddress(var text) -> List.of(ACCESS_LOG.CLIENT_ADDRESS.eq(text));
            case AccessLogFilter.Verb(var command) -> List.of(ACCESS_LOG.COMMAND.eq(command));
            case AccessLogFilter.Since(var time) -> List.of(ACCESS_LOG.OCCURRED_AT.ge(time));
            case AccessLogFilter.Before(var time) -> List.of(ACCESS_LOG.OCCURRED_AT.lt(time));
            case AccessLogFilter.Refused _ ->
                AccessLogFilter.Refused.DECISIONS.stream()
                        .map(decision -> ACCESS_LOG.DECISION.eq(decision.label()))
                        .toList();
        };
    }

    /**
     * Returns the filter for all names that the repository has had, given any one of them: a record has the name of its
     * time.
     */
    public AccessLogFilter ofRepository(RepositoryName name) throws LookupUnavailable {
        return query(sql -> {
            List<String> names = new ArrayList<>(List.of(name.toString()));
            repositoryId(sql, name).ifPresent(id -> {
                names.addAll(sql.select(ACCOUNTS.LOGIN, REPOSITORIES.NAME)
                        .from(REPOSITORIES)
                        .join(ACCOUNTS)
                        .on(ACCOUNTS.ID.eq(REPOSITORIES.OWNER_ID))
                        .where(REPOSITORIES.ID.eq(id))
                        .fetch(row -> row.value1() + "/" + row.value2()));
                names.addAll(sql.select(REPOSITORY_REDIRECTS.OWNER_LOGIN, REPOSITORY_REDIRECTS.NAME)
                        .from(REPOSITORY_REDIRECTS)
                        .where(REPOSITORY_REDIRECTS.REPOSITORY_ID.eq(id))
                        .fetch(row -> row.value1() + "/" + row.value2()));
            });
            return new AccessLogFilter.OfRepository(names.stream()
                    .map(one -> one.toLowerCase(Locale.ROOT))
                    .distinct()
                    .toList());
        });
    }

    private static Optional<Long> repositoryId(DSLContext sql, RepositoryName name) {
        return sql.select(REPOSITORIES.ID)
                .from(REPOSITORIES)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(REPOSITORIES.OWNER_ID))
                .where(ACCOUNTS.LOGIN.eq(name.owner().text()), REPOSITORIES.NAME.eq(name.name()))
                .fetchOptional(REPOSITORIES.ID)
                .or(() -> sql.select(REPOSITORY_REDIRECTS.REPOSITORY_ID)
                        .from(REPOSITORY_REDIRECTS)
                        .where(
                                REPOSITORY_REDIRECTS.OWNER_LOGIN.eq(name.owner().text()),
                                REPOSITORY_REDIRECTS.NAME.eq(name.name()))
                        .fetchOptional(REPOSITORY_REDIRECTS.REPOSITORY_ID));
    }

    /** Returns the ends of the chains of all gates, ordered by gate. */
    List<Ends> chains() throws LookupUnavailable {
        return query(sql -> sql.selectFrom(ACCESS_LOG_CHAINS)
                .orderBy(ACCESS_LOG_CHAINS.GATE)
                .fetch(row -> new Ends(
                        row.getGate(),
                        row.getAnchorPosition(),
                        HEX.formatHex(row.getAnchorHash()),
                        row.getHeadPosition(),
                        HEX.formatHex(row.getHeadHash()))));
    }

    /** Returns the gates named in records, whether or not they have a chain. */
    List<String> gatesOfRecords() throws LookupUnavailable {
        return query(sql -> sql.selectDistinct(ACCESS_LOG.GATE).from(ACCESS_LOG).fetch(ACCESS_LOG.GATE));
    }

    /** Returns the latest time that a record can have unless a clock is wrong. */
    Instant latestTime() throws LookupUnavailable {
        return query(
                sql -> sql.select(MysqlAccessLogRows.LATEST_TIME).fetchSingle().value1());
    }

    /** Returns the highest position among the gate's records, or 0 if it has none. */
    long highestPosition(String gate) throws LookupUnavailable {
        return query(sql -> sql.select(max(ACCESS_LOG.POSITION))
                .from(ACCESS_LOG)
                .where(ACCESS_LOG.GATE.eq(gate))
                .fetchOptional(max(ACCESS_LOG.POSITION))
                .orElse(0L));
    }

    /** Returns the links of the gate's records from a position on, in the order of the chain. */
    List<Link> links(String gate, long first, int limit) throws LookupUnavailable {
        return query(sql -> rowsBetween(sql, gate, first, Long.MAX_VALUE, limit).stream()
                .map(MysqlAccessLogReader::link)
                .toList());
    }

    /** Returns the ids of requests in a part of the gate's chain that records which no gate writes have as well. */
    Set<String> repeatedRequests(String gate, long first, long last) throws LookupUnavailable {
        return query(sql -> MysqlRunningRequests.repeated(sql, gate, first, last));
    }

    /**
     * Returns the gate's records after a position, in the order of the chain. Unreadable rows are counted only.
     *
     * @param head the head of the chain. No gate writes a row beyond it; a reader that continued after such a row would
     *     see no others
     */
    Segment between(String gate, long after, long head, int limit) throws LookupUnavailable {
        return query(sql -> {
            List<AccessLogRecord> rows = rowsBetween(sql, gate, after + 1, head, limit);
            List<ChainedRecord> records = readable(rows);
            long end = rows.isEmpty() ? after : rows.getLast().getPosition();
            return new Segment(records, rows.size() - records.size(), end);
        });
    }

    private static List<AccessLogRecord> rowsBetween(DSLContext sql, String gate, long first, long last, int limit) {
        return sql.selectFrom(ACCESS_LOG)
                .where(ACCESS_LOG.GATE.eq(gate), ACCESS_LOG.POSITION.between(first, last))
                .orderBy(ACCESS_LOG.POSITION)
                .limit(limit)
                .fetch();
    }

    private static Link link(AccessLogRecord row) {
        boolean unchanged;
        try {
            unchanged = MysqlAccessLogRows.chained(row).isUnchanged();
        } catch (IllegalArgumentException _) {
            unchanged = false;
        }
        return new Link(
                row.getPosition(),
                row.getOccurredAt(),
                HEX.formatHex(row.getPreviousHash()),
                HEX.formatHex(row.getRecordHash()),
                row.getRequestId(),
                unchanged);
    }

    private <T> T query(Function<DSLContext, T> query) throws LookupUnavailable {
        try {
            return query.apply(database.sql());
        } catch (DataAccessException e) {
            throw new LookupUnavailable("the access log", e);
        } catch (IllegalArgumentException e) {
            throw new LookupUnavailable("the access log has a row that no gate writes (gerve audit log verify)", e);
        }
    }
}
