package io.gerve.config;

import java.time.Duration;

/** Range checks of settings. The error messages begin with the name of the setting in the file. */
final class SettingRange {
    /**
     * Maximum of every duration. No setting needs more than a year, and some centuries would overflow a count of
     * nanoseconds.
     */
    private static final Duration DURATION_MAX = Duration.ofDays(366);

    private SettingRange() {}

    static void atLeast(String name, Duration value, Duration min) {
        atMost(name, value, DURATION_MAX);
        if (value.compareTo(min) < 0) {
            throw new IllegalArgumentException(
                    name + " must be at least " + Durations.text(min) + ", not " + Durations.text(value));
        }
    }

    static void atMost(String name, Duration value, Duration max) {
        if (value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    name + " must be at most " + Durations.text(max) + ", not " + Durations.text(value));
        }
    }

    static void atLeast(String name, long value, long min) {
        if (value < min) {
            throw new IllegalArgumentException(name + " must be at least " + min + ", not " + value);
        }
    }

    static void atMost(String name, long value, long max) {
        if (value > max) {
            throw new IllegalArgumentException(name + " must be at most " + max + ", not " + value);
        }
    }
}
