package io.gerve.fileserver;

import java.io.Serial;

/** The command was not started, and nothing was done: the host could not be reached, was not believed, or is at its limit. */
public final class FileServerUnavailable extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public FileServerUnavailable(String message) {
        super(message);
    }

    public FileServerUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
