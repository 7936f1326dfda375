package io.gerve.cli.option;

import io.gerve.config.Durations;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Time at which a key or token expires, as {@code --expires} takes it. At most 100 years ahead. */
public record Expiry(Instant at) {
    public static final Expiry NEVER = new Expiry(Instant.MAX);

    private static final int YEARS_MAX = 100;

    /**
     * @param text a length of time from now, {@code 90d}; or a day, {@code 2030-01-31}, for its beginning in UTC
     * @throws IllegalArgumentException if it is neither, past, or more than 100 years ahead
     */
    static Expiry parse(String text, Instant now) {
        Instant at = Durations.parse(text)
                .map(DurationOption::withinMax)
                .map(now::plus)
                .orElseGet(() -> startOf(text));
        if (!at.isAfter(now)) {
            throw new IllegalArgumentException("is past");
        }
        if (at.isAfter(now.atOffset(ZoneOffset.UTC).plusYears(YEARS_MAX).toInstant())) {
            throw new IllegalArgumentException("is more than 100 years ahead");
        }
        return new Expiry(at);
    }

    private static Instant startOf(String day) {
        try {
            return LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("is neither a length of time like 90d nor a day like 2030-01-31", e);
        }
    }
}
