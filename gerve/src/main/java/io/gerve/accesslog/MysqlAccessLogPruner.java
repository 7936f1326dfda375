package io.gerve.accesslog;

import static io.gerve.sql.schema.Tables.ACCESS_LOG;
import static io.gerve.sql.schema.Tables.ACCESS_LOG_CHAINS;
import static org.jooq.impl.DSL.falseCondition;

import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jooq.Record3;
import org.jooq.exception.DataAccessException;

/**
 * Pruner of old records. It removes them from the beginning of each gate's chain, one batch in each transaction. The
 * last removed record becomes the chain's anchor, so that the remaining records can still be verified. Rows beyond the
 * head are not the gate's and stay.
 *
 * <p>A chain has the order in which records were written. So a record whose time is in the future and that stands before
 * an old one is old too: somebody added it to end the pruning, or the gate's clock was wrong.
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
     * Result of a pruning.
     *
     * @param removed the number of removed records
     * @param blocked the gates whose chains begin with so many records of the future that none could be removed
     */
    public record Pruned(long removed, List<String> blocked) {
        public Pruned {
            blocked = List.copyOf(blocked);
        }
    }

    /**
     * Removes the records of requests that came in before the given time, in each chain up to the first record that is
     * not older.
     */
    public Pruned removeBefore(Instant time) throws LookupUnavailable {
        try {
            long removed = 0;
            List<String> blocked = new ArrayList<>();
            for (String gate : database.sql()
                    .select(ACCESS_LOG_CHAINS.GATE)
                    .from(ACCESS_LOG_CHAINS)
                    .orderBy(ACCESS_LOG_CHAINS.GATE)
                    .fetch(ACCESS_LOG_CHAINS.GATE)) {
                Batch batch;
                do {
                    batch = database.sql().transactionResult(transaction -> removeBatch(transaction.dsl(), gate, time));
                    removed += batch.removed();
                } while (batch.removed() > 0 && batch.isFull());
                if (batch.isFull()) {
                    blocked.add(gate);
                }
            }
            return new Pruned(removed, blocked);
        } catch (DataAccessException e) {
            throw new LookupUnavailable("pruning the access log", e);
        }
    }

    /** @param isFull whether there may be more to remove; if none was removed, then each is of the future */
    private record Batch(int removed, boolean isFull) {}

    private static Batch removeBatch(DSLContext sql, String gate, Instant time) {
        Record3<Long, Long, Instant> ends = sql.select(
                        ACCESS_LOG_CHAINS.ANCHOR_POSITION,
                        ACCESS_LOG_CHAINS.HEAD_POSITION,
                        MysqlAccessLogRows.LATEST_TIME)
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
        List<Record3<Long, byte[], Instant>> old = oldest.stream()
                .takeWhile(row -> row.value3().isBefore(time) || row.value3().isAfter(ends.value3()))
                .collect(Collectors.toCollection(ArrayList::new));
        boolean isFull = old.size() == BATCH;
        while (!old.isEmpty() && !old.getLast().value3().isBefore(time)) {
            old.removeLast();
        }
        if (old.isEmpty()) {
            return new Batch(0, isFull);
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
        return new Batch(old.size(), isFull);
    }
}
