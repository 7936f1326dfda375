package io.gerve.cli.option;

import io.gerve.config.Durations;
import java.time.Duration;

/** How long, as options take it: {@code 30d}. */
public record DurationOption(Duration time) {
    static DurationOption parse(String text) {
        return new DurationOption(Durations.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("is not a length of time like 30d or 12h")));
    }
}
