package io.gerve.lookup;

import java.io.Serial;

/**
 * Exception for a look-up without a result, since the source is down, too slow or overloaded. Nothing may be concluded
 * from it: the request is denied, and the client is asked to retry.
 */
public final class LookupUnavailable extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /** @param message what was looked up, or why it failed; for the log, never shown to a client */
    public LookupUnavailable(String message, Throwable cause) {
        super(message, cause);
    }

    public LookupUnavailable(String message) {
        super(message);
    }
}
