package io.gerve.accesslog;

import static io.gerve.sql.schema.Tables.ACCESS_LOG;

import io.gerve.sql.schema.tables.records.AccessLogRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** The rows of requests that were running when the row was written. A request is shown once, so its end replaces its begin. */
final class MysqlBegunRequests {
    private MysqlBegunRequests() {}

    /**
     * Returns the row of the end of a request, or of its begin if its end is not in the log, among the rows that meet a
     * condition. If somebody added rows with the request's id, the gate that has the begin, or else the oldest row,
     * decides which rows are the request's.
     */
    static Optional<AccessLogRecord> find(DSLContext sql, Condition condition) {
        List<AccessLogRecord> rows =
                sql.selectFrom(ACCESS_LOG).where(condition).fetch().sortAsc(ACCESS_LOG.ID);
        Optional<String> gate = rows.stream()
                .filter(MysqlBegunRequests::isBegin)
                .findFirst()
                .or(() -> rows.stream().findFirst())
                .map(AccessLogRecord::getGate);
        List<AccessLogRecord> ofGate = rows.stream()
                .filter(row -> gate.equals(Optional.of(row.getGate())))
                .toList();
        return hideEnded(sql, ofGate).stream().findFirst();
    }

    /** Returns the rows without the begin of each request whose end is in the same gate's log, among the rows or not. */
    static List<AccessLogRecord> hideEnded(DSLContext sql, List<AccessLogRecord> rows) {
        List<String> begun = rows.stream()
                .filter(MysqlBegunRequests::isBegin)
                .map(AccessLogRecord::getRequestId)
                .toList();
        if (begun.isEmpty()) {
            return rows;
        }
        Set<GateRequest> ended = sql.select(ACCESS_LOG.GATE, ACCESS_LOG.REQUEST_ID)
                .from(ACCESS_LOG)
                .where(
                        ACCESS_LOG.REQUEST_ID.in(begun),
                        ACCESS_LOG.ENDED_BY.ne(io.gerve.accesslog.AccessLogRecord.OutcomeFields.UNKNOWN))
                .fetchSet(row -> new GateRequest(row.value1(), row.value2()));
        return rows.stream()
                .filter(row -> !isBegin(row) || !ended.contains(new GateRequest(row.getGate(), row.getRequestId())))
                .toList();
    }

    private record GateRequest(String gate, String request) {}

    private static boolean isBegin(AccessLogRecord row) {
        return row.getEndedBy().equals(io.gerve.accesslog.AccessLogRecord.OutcomeFields.UNKNOWN);
    }
}
