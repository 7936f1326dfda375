package io.gerve.routing;

import static io.gerve.sql.schema.Tables.SITE;

import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** The generation of all routes. Whoever holds it, until the end of the transaction, is the only one to change a route or Redis. */
final class MysqlRouteGeneration {
    static final Condition ROW = SITE.ID.eq(1);

    private MysqlRouteGeneration() {}

    static String lock(DSLContext sql) {
        return sql.select(SITE.ROUTE_GENERATION)
                .from(SITE)
                .where(ROW)
                .forUpdate()
                .fetchSingle()
                .get(SITE.ROUTE_GENERATION);
    }

    /** Never one that was used before, so that what a transaction left in Redis before it failed is not taken for the next one's. */
    static String renew(DSLContext sql) {
        String generation = UUID.randomUUID().toString();
        sql.update(SITE).set(SITE.ROUTE_GENERATION, generation).where(ROW).execute();
        return generation;
    }
}
