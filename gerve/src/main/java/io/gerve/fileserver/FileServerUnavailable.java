package io.gerve.fileserver;

import java.io.Serial;

/**
 * Failure to start a command on a host: the host is unreachable, its host key is not the pinned one, or all its
 * sessions are in use. Nothing was executed.
 */
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
