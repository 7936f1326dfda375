package io.gerve.packaging.site;

import java.time.Duration;

/**
 * The site's database and Redis, which run already.
 *
 * @param databaseUrl {@code jdbc:mysql://…}
 * @param redisUrl {@code redis://…}
 * @param fresh how long the gates take what the database said for current, in whole seconds
 */
public record Stores(
        String databaseUrl, String databaseUser, String databasePassword, String redisUrl, Duration fresh) {
    private static final Duration USUAL = Duration.ofMinutes(1);

    public Stores(String databaseUrl, String databaseUser, String databasePassword, String redisUrl) {
        this(databaseUrl, databaseUser, databasePassword, redisUrl, USUAL);
    }
}
