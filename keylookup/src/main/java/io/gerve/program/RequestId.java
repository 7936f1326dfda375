package io.gerve.program;

import java.util.regex.Pattern;

/** Names one request in what the client reads and in every log: 16 characters that sort by time. */
public record RequestId(String text) {
    private static final Pattern FORM = Pattern.compile("[0-9a-hjkmnp-tv-z]{16}");

    public RequestId {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("a request id is 16 characters of 0-9 and a-z without i, l, o and u");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
