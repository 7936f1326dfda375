package io.gerve.config;

import java.time.Duration;

/** The ranges of settings. Each check names the setting as it is spelt in the file. */
final class SettingRange {
    /** No setting means more than a year, and what is longer than some centuries overflows the clocks that count it. */
    private static final Duration MOST = Duration.ofDays(366);

    private SettingRange() {}

    static void atLeast(String name, Duration value, Duration least) {
        atMost(name, value, MOST);
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    name + " must be at least " + Durations.text(least) + ", not " + Durations.text(value));
        }
    }

    static void atMost(String name, Duration value, Duration most) {
        if (value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    name + " must be at most " + Durations.text(most) + ", not " + Durations.text(value));
        }
    }

    static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
        }
    }

    static void atMost(String name, long value, long most) {
        if (value > most) {
            throw new IllegalArgumentException(name + " must be at most " + most + ", not " + value);
        }
    }
}
