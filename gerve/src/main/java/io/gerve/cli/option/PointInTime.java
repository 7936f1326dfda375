package io.gerve.cli.option;

import io.gerve.config.Durations;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** A time in the past, as {@code --at} takes it. */
public record PointInTime(Instant at) {
    /**
     * @param text a time with its offset, {@code 2026-03-01T12:00:00Z}; a day, for its beginning in UTC; or how long ago, {@code 7d}
     * @throws IllegalArgumentException if it is none of these, before 1970, or to come
     */
    static PointInTime parse(String text, Instant now) {
        Instant at = Durations.parse(text).map(now::minus).orElseGet(() -> written(text));
        if (at.isBefore(Instant.EPOCH)) {
            // Far enough back begins what no DATETIME of a database holds.
            throw new IllegalArgumentException("is before 1970, and nothing is known of it");
        }
        if (at.isAfter(now)) {
            throw new IllegalArgumentException("is in the future, of which nothing is known");
        }
        return new PointInTime(at);
    }

    private static Instant written(String text) {
        try {
            return text.contains("T")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "is neither a time like 2026-03-01T12:00:00Z, nor a day, nor like 7d for seven days ago", e);
        }
    }
}
