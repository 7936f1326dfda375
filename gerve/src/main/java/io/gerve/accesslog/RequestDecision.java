package io.gerve.accesslog;

import java.util.Locale;

/** What the gate decided about a request or a login. The access log and the program's log hold the name in lower case. */
public enum RequestDecision {
    /** The command was run. */
    ALLOWED,
    DENIED,
    /** The client asked for no command. */
    GREETED,
    /** The client ran a self-service command. */
    ANSWERED,
    /** The client has as many connections, keys or commands as it may have. */
    LIMITED,
    /** A look-up failed, so that the request could not be decided. */
    UNAVAILABLE,
    /** The gate failed unexpectedly. */
    FAILED,
    /** The login ended before it was decided. */
    UNFINISHED;

    /** Returns the decision as the logs and the command line spell it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if no decision has the label */
    static RequestDecision of(String label) {
        for (RequestDecision decision : values()) {
            if (decision.label().equals(label)) {
                return decision;
            }
        }
        throw new IllegalArgumentException("unknown decision");
    }
}
