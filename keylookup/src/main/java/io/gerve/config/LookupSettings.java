package io.gerve.config;

import java.time.Duration;

/**
 * The file's {@code [lookup]}: how long answers about keys, rights and routes are relied on.
 *
 * @param fresh how long an answer counts as current while changes are heard from Redis; while they are not, every answer is asked for
 * @param kept how long an answer may still be read by when the database cannot be asked
 * @param entriesMax answers remembered of each kind
 * @param deadline how long one look-up may take, waiting for its turn included
 * @param concurrentMax look-ups of each kind that may be under way at one time
 */
public record LookupSettings(Duration fresh, Duration kept, long entriesMax, Duration deadline, int concurrentMax) {
    public LookupSettings {
        Setting.atLeast("lookup.fresh", fresh, Duration.ZERO);
        Setting.atLeast("lookup.kept", kept, fresh);
        Setting.atLeast("lookup.entries_max", entriesMax, 1);
        Setting.atLeast("lookup.deadline", deadline, Duration.ofMillis(100));
        Setting.atLeast("lookup.concurrent_max", concurrentMax, 1);
    }
}
