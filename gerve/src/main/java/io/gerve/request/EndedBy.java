package io.gerve.request;

import java.util.Locale;

/** Party that ended a request. */
public enum EndedBy {
    /** The client disconnected. */
    CLIENT,
    /** The git command on the file server ended normally. */
    COMMAND,
    /** The connection to the file server failed. */
    FILE_SERVER,
    /** The gate answered the request itself, or ended it. */
    GATE;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
