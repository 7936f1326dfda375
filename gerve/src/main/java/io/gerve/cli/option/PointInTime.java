package io.gerve.cli.option;

import io.gerve.config.Durations;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** Past time, as {@code --at}, {@code --since} and {@code --until} take it. Not before 1970. */
public record PointInTime(Instant at) {
    /**
     * @param text a time with its offset, {@code 2026-03-01T12:00:00Z}; a day, for its beginning in UTC; or how long
     *     ago, {@code 7d}
     * @throws IllegalArgumentException if it is none of these, before 1970, or in the future
     */
    static PointInTime parse(String text, Instant now) {
        Instant at = Durations.parse(text).map(now::minus).orElseGet(() -> ofDate(text));
        if (at.isBefore(Instant.EPOCH)) {
            // DATETIME of the database holds no year before 1000.
            throw new IllegalArgumentException("is before 1970");
        }
        if (at.isAfter(now)) {
            throw new IllegalArgumentException("is in the future");
        }
        return new PointInTime(at);
    }

    /** Returns whether a range ends before it begins, so that its empty result would look valid. */
    public static boolean isReversed(Optional<PointInTime> from, Optional<PointInTime> to) {
        return from.isPresent()
                && to.isPresent()
                && to.get().at().isBefore(from.get().at());
    }

    private static Instant ofDate(String text) {
        try {
            return text.contains("T")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "is neither a time like 2026-03-01T12:00:00Z, nor a day like 2026-03-01, nor like 7d for seven"
                            + " days ago",
                    e);
        }
    }
}
