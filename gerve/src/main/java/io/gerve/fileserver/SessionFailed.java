package io.gerve.fileserver;

import java.io.Serial;

/** A session could not be made to run the command, and the command did not run. Another session may. */
final class SessionFailed extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    SessionFailed(String message) {
        super(message);
    }

    SessionFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
