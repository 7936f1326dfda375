package io.gerve.admin;

import java.io.Serial;

/** The change is not to be made as it was asked for, and nothing was changed. The message says why, and what to do. */
public final class ChangeRefused extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public ChangeRefused(String message) {
        super(message);
    }
}
