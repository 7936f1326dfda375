package io.gerve.program;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names one request in what the client reads and in every log: 16 characters that sort by time. */
public record RequestId(String text) {
    private static final Pattern FORM = Pattern.compile("[0-9a-hjkmnp-tv-z]{16}");

    public RequestId {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("a request id is 16 characters of 0-9 and a-z without i, l, o and u");
        }
    }

    /** @return empty if the text is no request's name */
    public static Optional<RequestId> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new RequestId(text)) : Optional.empty();
    }

    /** When the request came in, to the millisecond: it is in the name. */
    public Instant time() {
        return RequestIdGenerator.timeOf(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
