package io.gerve.testbed.site;

import java.time.Duration;

/**
 * The site's database and Redis, which run already.
 *
 * @param databaseUrl {@code jdbc:mysql://…}
 * @param redisUrl {@code redis://…}
 * @param cacheTtl how long the gates take what the database said for current, in whole seconds
 * @param lookupTimeout how long the gates wait for an answer of the database, in whole seconds
 */
public record Stores(
        String databaseUrl,
        String databaseUser,
        String databasePassword,
        String redisUrl,
        Duration cacheTtl,
        Duration lookupTimeout) {
    public static final Duration USUAL_FRESH = Duration.ofMinutes(1);
    public static final Duration USUAL_DEADLINE = Duration.ofSeconds(2);

    public Stores(String databaseUrl, String databaseUser, String databasePassword, String redisUrl) {
        this(databaseUrl, databaseUser, databasePassword, redisUrl, USUAL_FRESH, USUAL_DEADLINE);
    }
}
