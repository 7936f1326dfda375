package io.gerve.testbed.site;

import java.time.Duration;

/**
 * Running database and Redis of a site.
 *
 * @param databaseUrl {@code jdbc:mysql://…}
 * @param redisUrl {@code redis://…}
 * @param cacheTtl the time for which the gates cache results of look-ups, in whole seconds
 * @param lookupTimeout the time for which the gates wait for a look-up, in whole seconds
 */
public record Stores(
        String databaseUrl,
        String databaseUser,
        String databasePassword,
        String redisUrl,
        Duration cacheTtl,
        Duration lookupTimeout) {
    public static final Duration DEFAULT_CACHE_TTL = Duration.ofMinutes(1);
    public static final Duration DEFAULT_LOOKUP_TIMEOUT = Duration.ofSeconds(2);

    public Stores(String databaseUrl, String databaseUser, String databasePassword, String redisUrl) {
        this(databaseUrl, databaseUser, databasePassword, redisUrl, DEFAULT_CACHE_TTL, DEFAULT_LOOKUP_TIMEOUT);
    }
}
