package io.gerve.program;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** Id of a request in messages to the client and in every log: 16 characters that sort by time. */
public record RequestId(String text) {
    private static final Pattern FORM = Pattern.compile("[0-9a-hjkmnp-tv-z]{16}");

    public RequestId {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("a request id is 16 characters of 0-9 and a-z without i, l, o and u");
        }
    }

    /** Parses a request id. Returns empty if the text has another form. */
    public static Optional<RequestId> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new RequestId(text)) : Optional.empty();
    }

    /** Returns the time of the request, to the millisecond, which is part of the id. */
    public Instant time() {
        return RequestIdGenerator.timeOf(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
