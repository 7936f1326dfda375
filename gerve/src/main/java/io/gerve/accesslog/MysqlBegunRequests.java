package io.gerve.accesslog;

import static io.gerve.sql.schema.Tables.ACCESS_LOG;

import io.gerve.sql.schema.tables.records.AccessLogRecord;
import java.util.List;
import java.util.Set;
import org.jooq.DSLContext;

/** The rows of requests that were running when the row was written. A request is shown once, so its end replaces its begin. */
final class MysqlBegunRequests {
    private MysqlBegunRequests() {}

    /** Returns the rows without the begin of each request whose end is in the log, among the rows or not. */
    static List<AccessLogRecord> hideEnded(DSLContext sql, List<AccessLogRecord> rows) {
        List<String> begun = rows.stream()
                .filter(MysqlBegunRequests::isBegin)
                .map(AccessLogRecord::getRequestId)
                .toList();
        if (begun.isEmpty()) {
            return rows;
        }
        Set<String> ended = sql.select(ACCESS_LOG.REQUEST_ID)
                .from(ACCESS_LOG)
                .where(
                        ACCESS_LOG.REQUEST_ID.in(begun),
                        ACCESS_LOG.ENDED_BY.ne(io.gerve.accesslog.AccessLogRecord.OutcomeFields.UNKNOWN))
                .fetchSet(ACCESS_LOG.REQUEST_ID);
        return rows.stream()
                .filter(row -> !isBegin(row) || !ended.contains(row.getRequestId()))
                .toList();
    }

    private static boolean isBegin(AccessLogRecord row) {
        return row.getEndedBy().equals(io.gerve.accesslog.AccessLogRecord.OutcomeFields.UNKNOWN);
    }
}
