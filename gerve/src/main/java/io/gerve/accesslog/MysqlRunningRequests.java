package io.gerve.accesslog;

import static io.gerve.sql.schema.Tables.ACCESS_LOG;

import io.gerve.sql.schema.tables.records.AccessLogRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;

/**
 * Queries that pair begin records with end records. A request is shown once, so its end record hides its begin record.
 */
final class MysqlRunningRequests {
    private static final String UNKNOWN = io.gerve.accesslog.AccessLogRecord.OutcomeFields.UNKNOWN;

    private MysqlRunningRequests() {}

    /**
     * Returns the end record of a request, or its begin record if the log has no end record.
     *
     * @param condition selects the rows of one request
     * @throws IllegalArgumentException if several rows remain: rows of two gates or two end records, which no gate
     *     writes
     */
    static Optional<AccessLogRecord> find(DSLContext sql, Condition condition) {
        List<AccessLogRecord> rows =
                hideEnded(sql, sql.selectFrom(ACCESS_LOG).where(condition).fetch());
        if (rows.size() > 1) {
            throw new IllegalArgumentException("several records have the id of one request");
        }
        return rows.stream().findFirst();
    }

    /**
     * Returns the rows without the begin records of requests that have an end record of the same gate. The end record
     * need not be among the rows.
     */
    static List<AccessLogRecord> hideEnded(DSLContext sql, List<AccessLogRecord> rows) {
        List<String> begun = rows.stream()
                .filter(MysqlRunningRequests::isBegin)
                .map(AccessLogRecord::getRequestId)
                .toList();
        if (begun.isEmpty()) {
            return rows;
        }
        Set<GateRequest> ended = sql.select(ACCESS_LOG.GATE, ACCESS_LOG.REQUEST_ID)
                .from(ACCESS_LOG)
                .where(ACCESS_LOG.REQUEST_ID.in(begun), ACCESS_LOG.ENDED_BY.ne(UNKNOWN))
                .fetchSet(row -> new GateRequest(row.value1(), row.value2()));
        return rows.stream()
                .filter(row -> !isBegin(row) || !ended.contains(new GateRequest(row.getGate(), row.getRequestId())))
                .toList();
    }

    /**
     * Returns the request ids in a part of a gate's chain that a record of another gate has too, or that two end
     * records have. No gate writes such records: request ids are random, and a gate writes one end record for each
     * request.
     */
    static Set<String> repeated(DSLContext sql, String gate, long first, long last) {
        var own = ACCESS_LOG.as("own");
        var other = ACCESS_LOG.as("other");
        return sql.selectDistinct(own.REQUEST_ID)
                .from(own)
                .join(other)
                .on(other.REQUEST_ID.eq(own.REQUEST_ID))
                .where(
                        own.GATE.eq(gate),
                        own.POSITION.between(first, last),
                        other.GATE
                                .ne(gate)
                                .or(other.ID
                                        .ne(own.ID)
                                        .and(own.ENDED_BY.ne(UNKNOWN))
                                        .and(other.ENDED_BY.ne(UNKNOWN))))
                .fetchSet(own.REQUEST_ID);
    }

    private record GateRequest(String gate, String request) {}

    private static boolean isBegin(AccessLogRecord row) {
        return row.getEndedBy().equals(UNKNOWN);
    }
}
