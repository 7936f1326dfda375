package io.gerve.packaging.site;

/**
 * The site's database and Redis, which run already.
 *
 * @param databaseUrl {@code jdbc:mysql://…}
 * @param redisUrl {@code redis://…}
 */
public record Stores(String databaseUrl, String databaseUser, String databasePassword, String redisUrl) {}
