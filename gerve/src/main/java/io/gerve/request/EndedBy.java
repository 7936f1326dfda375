package io.gerve.request;

import java.util.Locale;

/** Who ended a request. */
public enum EndedBy {
    /** Its client went away. */
    CLIENT,
    /** The git command on the file server ended, as it should. */
    COMMAND,
    /** The file server went away. */
    FILE_SERVER,
    /** The gate answered by itself, or ended the request. */
    GATE;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
