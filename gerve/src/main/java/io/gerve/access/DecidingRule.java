package io.gerve.access;

import java.util.Locale;

/** What decided about a request, as the logs name it. Implemented by enums. */
public interface DecidingRule {
    /** Returns the name of the enum constant. */
    String name();

    /** Returns the name for the logs, in lower case: {@code no_write_grant}. */
    default String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
