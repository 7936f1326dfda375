package io.gerve.keylookup.key;

import java.io.Serial;

/** The text or blob is no public key that Gerve takes. The message says what is wrong and what to do, and may be shown to its owner. */
public final class InvalidKey extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public InvalidKey(String message) {
        super(message);
    }
}
