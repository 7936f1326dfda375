package io.gerve.keylookup.http;

import java.io.Serial;

/** The request cannot be read. The message says why, and holds nothing of it. */
public final class Malformed extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final int status;

    private Malformed(int status, String message) {
        super(message);
        this.status = status;
    }

    public static Malformed of(String message) {
        return new Malformed(400, message);
    }

    static Malformed tooLarge() {
        return new Malformed(413, "The body is too large.");
    }

    /** The status of HTTP that says it. */
    public int status() {
        return status;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
