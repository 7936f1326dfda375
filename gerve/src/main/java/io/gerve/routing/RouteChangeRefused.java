package io.gerve.routing;

import java.io.Serial;

/** What was asked of the table of routes cannot be: nothing was changed. The message says why, for the operator. */
public final class RouteChangeRefused extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    RouteChangeRefused(String message) {
        super(message);
    }
}
