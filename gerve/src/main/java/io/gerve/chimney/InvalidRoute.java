package io.gerve.chimney;

import java.io.Serial;

/** What was asked of the table of routes cannot be: nothing was changed. The message says why, for the operator. */
public final class InvalidRoute extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    InvalidRoute(String message) {
        super(message);
    }
}
