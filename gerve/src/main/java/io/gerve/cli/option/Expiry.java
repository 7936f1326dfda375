package io.gerve.cli.option;

import io.gerve.config.Durations;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** When a key stops to work, as {@code --expires} takes it. */
public record Expiry(Instant at) {
    public static final Expiry NEVER = new Expiry(Instant.MAX);

    /**
     * @param text a time from now, {@code 90d}, or the day, in UTC, with whose beginning it ends, {@code 2030-01-31}
     * @throws IllegalArgumentException if it is neither, or past
     */
    static Expiry parse(String text, Instant now) {
        Instant at = Durations.parse(text).map(now::plus).orElseGet(() -> startOf(text));
        if (!at.isAfter(now)) {
            throw new IllegalArgumentException("is past");
        }
        return new Expiry(at);
    }

    private static Instant startOf(String day) {
        try {
            return LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("is neither a time like 90d nor a day like 2030-01-31", e);
        }
    }
}
