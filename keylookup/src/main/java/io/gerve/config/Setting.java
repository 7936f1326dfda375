package io.gerve.config;

import java.time.Duration;

/** The ranges of settings. Each check names the setting as it is spelt in the file. */
final class Setting {
    private Setting() {}

    static void atLeast(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    name + " must be at least " + Durations.text(least) + ", not " + Durations.text(value));
        }
    }

    static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
        }
    }
}
