package io.gerve.lookup;

import java.io.Serial;

/**
 * The answer could not be had: the source is away, too slow, or overloaded. Nothing may be concluded from it; who asked is
 * denied and told to try again.
 */
public final class LookupUnavailable extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /** @param what what was asked, for the log: it is never shown to a client */
    public LookupUnavailable(String what, Throwable cause) {
        super(what, cause);
    }

    public LookupUnavailable(String what) {
        super(what);
    }
}
