package io.gerve.registry;

import java.io.Serial;

/** The database or a file server did not answer, so that nothing may be concluded. The message says which, and what to do. */
public final class Unreachable extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public Unreachable(String message) {
        super(message);
    }

    public Unreachable(String message, Throwable cause) {
        super(message, cause);
    }
}
