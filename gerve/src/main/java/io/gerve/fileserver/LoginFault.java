package io.gerve.fileserver;

import com.jcraft.jsch.JSchHostKeyException;

/** Kind of failure of a login to a host. */
public enum LoginFault {
    /** The host does not answer. */
    UNREACHABLE,
    /** The host has another key than the pinned one. */
    OTHER_HOST_KEY,
    /** The host does not accept the gate's key, or its account cannot log in. */
    KEY_REFUSED;

    private static final String REFUSED = "Auth fail";

    /** Classifies a failure. A login that failed for any other reason counts as unreachable. */
    public static LoginFault of(FileServerUnavailable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JSchHostKeyException) {
                return OTHER_HOST_KEY;
            }
            if (String.valueOf(cause.getMessage()).startsWith(REFUSED)) {
                return KEY_REFUSED;
            }
        }
        return UNREACHABLE;
    }
}
