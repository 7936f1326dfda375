package io.gerve.fileserver;

import io.gerve.logging.TextEscaper;
import java.io.Serial;

/**
 * Failure to start a command on a host: the host is unreachable, its host key is not the pinned one, or all its
 * sessions are in use. Nothing was executed.
 */
public final class FileServerUnavailable extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private static final int REASON_MAX = 200;

    public FileServerUnavailable(String message) {
        super(message);
    }

    public FileServerUnavailable(String message, Throwable cause) {
        super(message, cause);
    }

    /** Returns the message of an exception, escaped because it may quote a host that is not authenticated. */
    static String reason(Exception e) {
        return TextEscaper.excerpt(String.valueOf(e.getMessage()), REASON_MAX);
    }
}
