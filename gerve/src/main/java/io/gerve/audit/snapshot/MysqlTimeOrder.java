package io.gerve.audit.snapshot;

import static org.jooq.impl.DSL.val;

import java.time.Instant;
import org.jooq.Condition;
import org.jooq.Field;

/** The order of rows by time and, for equal times, by id. */
public final class MysqlTimeOrder {
    private MysqlTimeOrder() {}

    /**
     * Returns the condition for the rows after a row, as two ranges of an index on both columns. MySQL uses no index
     * range for a comparison of pairs.
     */
    public static Condition isAfter(Field<Instant> time, Instant at, Field<Long> id, long last) {
        return time.gt(val(at, time)).or(time.eq(val(at, time)).and(id.gt(last)));
    }
}
