package io.gerve.audit.snapshot;

import static org.jooq.impl.DSL.val;

import java.time.Instant;
import org.jooq.Condition;
import org.jooq.Field;

/** Rows in the order of a time and, for those of one time, of their ids. */
public final class MysqlTimeOrder {
    private MysqlTimeOrder() {}

    /** What comes behind a row, as two ranges of an index on both columns: MySQL finds no range in a comparison of pairs. */
    public static Condition isAfter(Field<Instant> time, Instant at, Field<Long> id, long last) {
        return time.gt(val(at, time)).or(time.eq(val(at, time)).and(id.gt(last)));
    }
}
