package io.gerve.accesslog;

import static io.gerve.sql.schema.Tables.ACCESS_LOG;
import static io.gerve.sql.schema.Tables.ACCESS_LOG_CHAINS;
import static org.jooq.impl.DSL.falseCondition;

import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.Instant;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Record2;
import org.jooq.Record3;
import org.jooq.exception.DataAccessException;

/**
 * Pruner of old records. It removes them from the beginning of each gate's chain, one batch in each transaction. The
 * last removed record becomes the chain's anchor, so that the remaining records can still be verified. Rows beyond the
 * head are not the gate's and stay.
 */
public final class MysqlAccessLogPruner {
    private static final int BATCH = 1000;

    private final Database database;

    public MysqlAccessLogPruner(Database database) {
        this.database = database;
    }

    /**
     * Checks that the database user can remove records. Removes none.
     *
     * @throws LookupUnavailable if the user lacks the right, or the database does not answer
     */
    public void checkRight() throws LookupUnavailable {
        try {
            database.sql().deleteFrom(ACCESS_LOG).where(falseCondition()).execute();
        } catch (DataAccessException e) {
            throw new LookupUnavailable("pruning the access log", e);
        }
    }

    /**
     * Removes the records of requests that came in before the given time, in each chain up to the first record that is
     * not older.
     *
     * @return the number of removed records
     */
    public long removeBefore(Instant time) throws LookupUnavailable {
        try {
            long removed = 0;
            for (String gate : database.sql()
                    .select(ACCESS_LOG_CHAINS.GATE)
                    .from(ACCESS_LOG_CHAINS)
                    .orderBy(ACCESS_LOG_CHAINS.GATE)
                    .fetch(ACCESS_LOG_CHAINS.GATE)) {
                removed += removeBefore(gate, time);
            }
            return removed;
        } catch (DataAccessException e) {
            throw new LookupUnavailable("pruning the access log", e);
        }
    }

    private long removeBefore(String gate, Instant time) {
        long removed = 0;
        int batch;
        do {
            batch = database.sql().transactionResult(transaction -> removeBatch(transaction.dsl(), gate, time));
            removed += batch;
        } while (batch == BATCH);
        return removed;
    }

    private static int removeBatch(DSLContext sql, String gate, Instant time) {
        Record2<Long, Long> ends = sql.select(ACCESS_LOG_CHAINS.ANCHOR_POSITION, ACCESS_LOG_CHAINS.HEAD_POSITION)
                .from(ACCESS_LOG_CHAINS)
                .where(ACCESS_LOG_CHAINS.GATE.eq(gate))
                .forUpdate()
                .fetchSingle();
        List<Record3<Long, byte[], Instant>> oldest = sql.select(
                        ACCESS_LOG.POSITION, ACCESS_LOG.RECORD_HASH, ACCESS_LOG.OCCURRED_AT)
                .from(ACCESS_LOG)
                .where(
                        ACCESS_LOG.GATE.eq(gate),
                        ACCESS_LOG.POSITION.gt(ends.value1()),
                        ACCESS_LOG.POSITION.le(ends.value2()))
                .orderBy(ACCESS_LOG.POSITION)
                .limit(BATCH)
                .fetch();
        List<Record3<Long, byte[], Instant>> old =
                oldest.stream().takeWhile(row -> row.value3().isBefore(time)).toList();
        if (old.isEmpty()) {
            return 0;
        }
        long last = old.getLast().value1();
        sql.deleteFrom(ACCESS_LOG)
                .where(ACCESS_LOG.GATE.eq(gate), ACCESS_LOG.POSITION.gt(ends.value1()), ACCESS_LOG.POSITION.le(last))
                .execute();
        sql.update(ACCESS_LOG_CHAINS)
                .set(ACCESS_LOG_CHAINS.ANCHOR_POSITION, last)
                .set(ACCESS_LOG_CHAINS.ANCHOR_HASH, old.getLast().value2())
                .where(ACCESS_LOG_CHAINS.GATE.eq(gate))
                .execute();
        return old.size();
    }
}
