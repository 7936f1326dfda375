package io.gerve.cli;

import io.gerve.config.Durations;
import java.time.Duration;

/** How long, as options take it: {@code 30d}. */
record Span(Duration time) {
    static Span parse(String text) {
        return new Span(Durations.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("is not a length of time like 30d or 12h")));
    }
}
