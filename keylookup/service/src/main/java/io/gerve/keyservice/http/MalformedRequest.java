package io.gerve.keyservice.http;

import java.io.Serial;

/** Signals a request that cannot be read. The message says why and repeats nothing of the request. */
public final class MalformedRequest extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final int status;

    private MalformedRequest(int status, String message) {
        super(message);
        this.status = status;
    }

    public static MalformedRequest of(String message) {
        return new MalformedRequest(400, message);
    }

    static MalformedRequest tooLarge() {
        return new MalformedRequest(413, "The body is too large.");
    }

    /** Returns the HTTP status for the response. */
    public int status() {
        return status;
    }

    public String message() {
        return String.valueOf(getMessage());
    }
}
