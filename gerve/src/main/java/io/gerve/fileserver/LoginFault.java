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
    private static final String TIMEOUT = "did not answer in time";

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

    /** Returns what the network reported: {@code Connection refused}. */
    public static String reason(FileServerUnavailable failure) {
        if (String.valueOf(failure.getMessage()).endsWith(TIMEOUT)) {
            return "no login within file_servers.connect_timeout";
        }
        String reason = String.valueOf(failure.getMessage());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            reason = cause.getMessage() == null ? reason : cause.getMessage();
        }
        return reason;
    }
}
