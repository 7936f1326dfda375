package io.gerve.fileserver;

import java.io.Serial;

/** Failure of a session to start a command. The command did not run; another session may succeed. */
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
