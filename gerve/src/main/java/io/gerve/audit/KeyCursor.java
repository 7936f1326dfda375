package io.gerve.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The position of a row in an audit of keys. Another audit can continue after it, even if the key has changed or is
 * gone.
 *
 * @param first the first sort key of the check: microseconds since 1970, an account's id, …
 * @param second the second sort key of the check
 */
public record KeyCursor(Check check, long first, long second) {
    private static final Pattern FORM = Pattern.compile("([a-z_]+):(\\d{1,18}):(\\d{1,18})");

    /** The checks, in the order in which they run. */
    public enum Check {
        STALE,
        NEVER_USED,
        EXPIRY,
        SUSPENDED,
        DUPLICATE,
        WEAK;

        /** Returns the cursor before the first row. */
        public KeyCursor start() {
            return new KeyCursor(this, 0, 0);
        }

        KeyCursor at(long first, long second) {
            return new KeyCursor(this, first, second);
        }

        KeyCursor at(Instant time, long id) {
            return at(ChronoUnit.MICROS.between(Instant.EPOCH, time), id);
        }
    }

    /**
     * Parses the form of {@link #toString}.
     *
     * @throws IllegalArgumentException if the text does not have this form
     */
    public static KeyCursor parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a cursor of a key audit");
        }
        Check check = Check.valueOf(matcher.group(1).toUpperCase(Locale.ROOT));
        return new KeyCursor(check, Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)));
    }

    Instant time() {
        return Instant.EPOCH.plus(first, ChronoUnit.MICROS);
    }

    /** Returns the form that {@link #parse} reads: {@code stale:1717200000000000:42}. */
    @Override
    public String toString() {
        return check.name().toLowerCase(Locale.ROOT) + ":" + first + ":" + second;
    }
}
