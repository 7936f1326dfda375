package io.gerve.accesslog;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Newest record of a gate's chain at some time. A copy that is kept outside of the database shows later that nothing up to
 * it was removed or rewritten, even by somebody who can write to every table.
 *
 * @param position counted from 1; 0 for a chain without records
 * @param hash 64 hexadecimal digits
 */
public record ChainHead(String gate, long position, String hash) {
    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9._-]{1,63}):([0-9]{1,18}):([0-9a-f]{64})");

    /**
     * Parses {@code GATE:POSITION:HASH}.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static ChainHead parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a head is GATE:POSITION:HASH, as gerve audit log head prints it");
        }
        return new ChainHead(parts.group(1), Long.parseLong(parts.group(2)), parts.group(3));
    }

    /** Returns {@code GATE:POSITION:HASH}. */
    public String text() {
        return gate + ":" + position + ":" + hash;
    }
}
