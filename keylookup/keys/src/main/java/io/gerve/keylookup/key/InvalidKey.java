package io.gerve.keylookup.key;

import java.io.Serial;

/**
 * Exception for a text or blob that is not an acceptable public key. Its message says what is wrong and what to do, and
 * may be shown to the user.
 */
public final class InvalidKey extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public InvalidKey(String message) {
        super(message);
    }
}
