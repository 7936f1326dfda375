package io.gerve.config;

import java.time.Duration;

/**
 * The file's {@code [lookup]}: how long answers about keys, rights and routes are relied on.
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
        SettingRange.atLeast("lookup.fresh", cacheTtl, Duration.ZERO);
        SettingRange.atLeast("lookup.kept", maxStale, cacheTtl);
        SettingRange.atLeast("lookup.entries_max", entriesMax, 1);
        SettingRange.atLeast("lookup.deadline", lookupTimeout, Duration.ofMillis(100));
        SettingRange.atLeast("lookup.concurrent_max", concurrentLookupsMax, 1);
    }
}
