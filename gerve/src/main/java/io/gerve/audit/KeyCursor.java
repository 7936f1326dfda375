package io.gerve.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where in an audit of keys a row stands. Another audit can go on behind it, whatever becomes of the key meanwhile.
 *
 * @param first what the rows of the check are in order of: microseconds since 1970, an account's id, …
 * @param second what those with the same {@code first} are in order of
 */
public record KeyCursor(Check check, long first, long second) {
    private static final Pattern FORM = Pattern.compile("([a-z-]+):(\\d{1,18}):(\\d{1,18})");

    /** What is looked for, in this order. */
    public enum Check {
        STALE,
        NEVER_USED,
        EXPIRY,
        SUSPENDED,
        DUPLICATE,
        WEAK;

        /** Before the first row. */
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

    /** @throws IllegalArgumentException if no row has it */
    public static KeyCursor parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not the place of a key");
        }
        Check check = Check.valueOf(matcher.group(1).toUpperCase(Locale.ROOT));
        return new KeyCursor(check, Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)));
    }

    Instant time() {
        return Instant.EPOCH.plus(first, ChronoUnit.MICROS);
    }

    /** As {@link #parse} takes it: {@code stale:1717200000000000:42}. */
    @Override
    public String toString() {
        return check.name().toLowerCase(Locale.ROOT) + ":" + first + ":" + second;
    }
}
