package io.gerve.cli.option;

import io.gerve.config.Durations;
import java.time.Duration;

/** Length of time as an option takes it: {@code 30d}. At most 100 years. */
public record DurationOption(Duration duration) {
    private static final Duration MAX = Duration.ofDays(36_500);

    static DurationOption parse(String text) {
        return new DurationOption(withinMax(Durations.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("is not a length of time like 30d or 12h"))));
    }

    /** @throws IllegalArgumentException if it is longer than 100 years */
    static Duration withinMax(Duration duration) {
        if (duration.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("is longer than 100 years (" + Durations.text(MAX) + ")");
        }
        return duration;
    }
}
