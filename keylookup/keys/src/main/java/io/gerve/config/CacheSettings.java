package io.gerve.config;

import java.time.Duration;

/**
 * Settings of the {@code [cache]} section: caching of keys, access rights and routes.
 *
 * @param cacheTtl how long a cached result is fresh while invalidations arrive from Redis; at least 0 ms. While they do
 *     not, every look-up queries the source.
 * @param maxStale how long a cached result may authorize reading while the database is not available; at least
 *     {@code cacheTtl}
 * @param entriesMax maximum number of entries in each cache; at least 1
 * @param lookupTimeout maximum time of one look-up, including the wait for a permit; at least 100 ms
 * @param concurrentLookupsMax maximum number of concurrent look-ups in each cache; at least 1
 */
public record CacheSettings(
        Duration cacheTtl, Duration maxStale, long entriesMax, Duration lookupTimeout, int concurrentLookupsMax) {
    public CacheSettings {
        SettingRange.atLeast("cache.cache_ttl", cacheTtl, Duration.ZERO);
        SettingRange.atLeast("cache.max_stale", maxStale, cacheTtl);
        SettingRange.atLeast("cache.entries_max", entriesMax, 1);
        SettingRange.atLeast("cache.lookup_timeout", lookupTimeout, Duration.ofMillis(100));
        SettingRange.atLeast("cache.concurrent_lookups_max", concurrentLookupsMax, 1);
    }
}
