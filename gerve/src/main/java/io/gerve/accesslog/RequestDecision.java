package io.gerve.accesslog;

import java.util.Locale;

/** Decision of the gate on a request or a login. The access log and the program's log have its name in lower case. */
public enum RequestDecision {
    /** The client may run the command. */
    ALLOWED,
    DENIED,
    /** The client asked for no command. */
    GREETED,
    /** The client ran a self-service command. */
    ANSWERED,
    /** A limit on connections, login attempts or running commands was reached. */
    LIMITED,
    /** A look-up failed or did not finish, or the owner of the repository has no route. */
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
        throw new IllegalArgumentException("the record has an unknown decision");
    }
}
