package io.gerve.registry;

import java.io.Serial;

/** The change is not to be made as it was asked for, and nothing was changed. The message says why, and what to do. */
public final class Refused extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public Refused(String message) {
        super(message);
    }
}
