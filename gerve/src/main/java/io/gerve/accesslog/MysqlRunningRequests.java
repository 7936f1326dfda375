package io.gerve.accesslog;

import static io.gerve.sql.schema.Tables.ACCESS_LOG;

import io.gerve.sql.schema.tables.AccessLog;
import io.gerve.sql.schema.tables.records.AccessLogRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.impl.DSL;

/**
 * Queries that pair begin records with end records. A request is shown once, so its end record hides its begin record.
 */
final class MysqlRunningRequests {
    /** Columns that the begin record and the end record of a request have in common. */
    static final List<Field<?>> FACTS = List.of(
            ACCESS_LOG.GATE,
            ACCESS_LOG.REQUEST_ID,
            ACCESS_LOG.OCCURRED_AT,
            ACCESS_LOG.FRONTEND,
            ACCESS_LOG.CLIENT_ADDRESS,
            ACCESS_LOG.KEY_ID,
            ACCESS_LOG.ACCOUNT_ID,
            ACCESS_LOG.PRINCIPAL,
            ACCESS_LOG.COMMAND,
            ACCESS_LOG.REPOSITORY,
            ACCESS_LOG.REPOSITORY_ID,
            ACCESS_LOG.EXEC_LINE);

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
     * Returns the rows without the begin records of requests that have an end record of the same gate and with the same
     * facts. The end record need not be among the rows. An end record with other facts is not the gate's, and must hide
     * nothing.
     */
    static List<AccessLogRecord> hideEnded(DSLContext sql, List<AccessLogRecord> rows) {
        List<String> begun = rows.stream()
                .filter(MysqlRunningRequests::isBegin)
                .map(AccessLogRecord::getRequestId)
                .toList();
        if (begun.isEmpty()) {
            return rows;
        }
        Set<List<?>> ended = sql.select(FACTS)
                .from(ACCESS_LOG)
                .where(ACCESS_LOG.REQUEST_ID.in(begun), ACCESS_LOG.ENDED_BY.ne(UNKNOWN))
                .fetchSet(MysqlRunningRequests::facts);
        return rows.stream()
                .filter(row -> !isBegin(row) || !ended.contains(facts(row)))
                .toList();
    }

    /**
     * Returns the request ids in a part of a gate's chain that a record of another gate has too, that two end records
     * have, or that two records with different facts have. No gate writes such records: request ids are random, and a
     * gate writes one end record for each request, with the facts of its begin record.
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
                                        .and(own.ENDED_BY
                                                .ne(UNKNOWN)
                                                .and(other.ENDED_BY.ne(UNKNOWN))
                                                .or(haveOtherFacts(own, other)))))
                .fetchSet(own.REQUEST_ID);
    }

    private static Condition haveOtherFacts(AccessLog own, AccessLog other) {
        List<Condition> differences = new ArrayList<>();
        for (Field<?> fact : FACTS) {
            differences.add(isOther(own, other, fact));
        }
        return DSL.or(differences);
    }

    private static <T> Condition isOther(AccessLog own, AccessLog other, Field<T> fact) {
        return Objects.requireNonNull(own.field(fact)).isDistinctFrom(Objects.requireNonNull(other.field(fact)));
    }

    /** Returns the facts that a row of the record has in the chain of a gate. */
    static List<?> facts(String gate, io.gerve.accesslog.AccessLogRecord record) {
        return facts(
                MysqlAccessLogRows.row(new ChainedRecord(gate, 0, HashChain.BEGINNING, HashChain.BEGINNING, record)));
    }

    /** Returns the values of {@link #FACTS} in a row, of which an absent one is null. */
    static List<?> facts(Record row) {
        return Arrays.asList(FACTS.stream().map(row::get).toArray());
    }

    private static boolean isBegin(AccessLogRecord row) {
        return row.getEndedBy().equals(UNKNOWN);
    }
}
