package io.gerve.admin;

import java.io.Serial;

/** Thrown when a change is refused; nothing was changed. The message states the reason and the remedy. */
public final class ChangeRefused extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public ChangeRefused(String message) {
        super(message);
    }
}
