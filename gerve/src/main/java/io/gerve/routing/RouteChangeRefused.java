package io.gerve.routing;

import java.io.Serial;

/** Refusal of a change of routes. Nothing was changed. The message tells the operator why. */
public final class RouteChangeRefused extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    RouteChangeRefused(String message) {
        super(message);
    }
}
