package io.gerve.testbed.site;

import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import java.time.Duration;

/**
 * Running database and Redis of a site.
 *
 * @param databaseUrl {@code jdbc:mysql://…}. It has Gerve's tables.
 * @param databasePassword the password of every user of database-rights.sql
 * @param redisUrl {@code redis://…}
 * @param cacheTtl the time for which the gates cache results of look-ups, in whole seconds
 * @param lookupTimeout the time for which the gates wait for a look-up, in whole seconds
 */
public record Stores(
        String databaseUrl, String databasePassword, String redisUrl, Duration cacheTtl, Duration lookupTimeout) {
    public static final Duration DEFAULT_CACHE_TTL = Duration.ofMinutes(1);
    public static final Duration DEFAULT_LOOKUP_TIMEOUT = Duration.ofSeconds(2);

    /** Creates a database with the tables, and the users of Gerve's programs with their rights. */
    public static Stores create(RunningMariaDb mariaDb, String redisUrl) {
        return create(mariaDb, redisUrl, DEFAULT_CACHE_TTL, DEFAULT_LOOKUP_TIMEOUT);
    }

    /** Creates a database as {@link #create(RunningMariaDb, String)} does. */
    public static Stores create(RunningMariaDb mariaDb, String redisUrl, Duration cacheTtl, Duration lookupTimeout) {
        DatabaseSettings database = mariaDb.newMigratedDatabase();
        mariaDb.grantRights(database);
        return new Stores(database.url(), database.password(), redisUrl, cacheTtl, lookupTimeout);
    }
}
