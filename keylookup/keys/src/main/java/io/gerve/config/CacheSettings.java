package io.gerve.config;

import java.time.Duration;

/**
 * The file's {@code [cache]}: how long answers about keys, rights and routes are relied on.
 *
 * @param cacheTtl how long an answer counts as current while changes are heard from Redis; while they are not, every answer is asked for
 * @param maxStale how long an answer may still be read by when the database cannot be asked
 * @param entriesMax answers remembered of each kind
 * @param lookupTimeout how long one look-up may take, waiting for its turn included
 * @param concurrentLookupsMax look-ups of each kind that may be under way at one time
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
