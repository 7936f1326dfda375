package io.gerve.routing;

import static io.gerve.sql.schema.Tables.SITE;

import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record1;
import org.jooq.SelectConditionStep;

/**
 * Generation of all routes. The transaction that holds its lock is the only one that changes a route or Redis, until it
 * ends.
 */
final class MysqlRouteGeneration {
    static final Condition ROW = SITE.ID.eq(1);

    private MysqlRouteGeneration() {}

    static String lock(DSLContext sql) {
        return select(sql).forUpdate().fetchSingle().get(SITE.ROUTE_GENERATION);
    }

    /** Returns the generation when no transaction holds the lock. A gate may do this, since it needs no right to update. */
    static String await(DSLContext sql) {
        return select(sql).forShare().fetchSingle().get(SITE.ROUTE_GENERATION);
    }

    private static SelectConditionStep<Record1<String>> select(DSLContext sql) {
        return sql.select(SITE.ROUTE_GENERATION).from(SITE).where(ROW);
    }

    /**
     * Sets a new generation and returns it. A generation is never reused, so that values which a failed transaction
     * left in Redis are not taken for those of the next transaction.
     */
    static String renew(DSLContext sql) {
        String generation = UUID.randomUUID().toString();
        sql.update(SITE).set(SITE.ROUTE_GENERATION, generation).where(ROW).execute();
        return generation;
    }
}
