package io.gerve.request;

import io.gerve.access.DecidingRule;
import io.gerve.accesslog.RequestDecision;
import java.util.Locale;

/** How a request ended, and whose doing it was, for the metrics. */
enum RequestOutcome {
    /** The git command ran and succeeded. */
    SERVED,
    /** The gate answered a self-service command, or a client without a command. */
    ANSWERED,
    /** Another program runs the command, and the gate does not learn of its end. */
    DELEGATED,

    /** A rule refused the request, or ended it. */
    DENIED,
    /** The account or deploy key has as many commands as it may have. */
    LIMITED,
    /** The client disconnected. */
    CLIENT_GONE,
    /** The git command ran and failed. */
    COMMAND_FAILED,

    /** The gate serves as many commands as it can. */
    OVERLOADED,
    /** A look-up failed, or the gate asked the client to try again for another reason. */
    UNAVAILABLE,
    /** The file server did not answer, or was lost. */
    FILE_SERVER_FAILED,
    /** The gate has a bug. */
    INTERNAL_ERROR;

    private static final ExitResult SUCCESS = new ExitResult.Status(0);

    /** Returns whether the request failed by a fault of the site, which an operator can mend. */
    boolean isFaultOfTheSite() {
        return compareTo(OVERLOADED) >= 0;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static RequestOutcome of(RequestDecision decision, DecidingRule rule, RequestEnd ended) {
        if (ended.by() == EndedBy.CLIENT) {
            return CLIENT_GONE;
        }
        return switch (decision) {
            case ALLOWED -> ofRun(ended);
            case GREETED, ANSWERED -> ANSWERED;
            case DENIED -> DENIED;
            case LIMITED -> rule == RequestRule.SESSIONS_MAX ? OVERLOADED : LIMITED;
            case UNAVAILABLE, UNFINISHED -> UNAVAILABLE;
            case FAILED -> INTERNAL_ERROR;
        };
    }

    private static RequestOutcome ofRun(RequestEnd ended) {
        return switch (ended.by()) {
            case COMMAND -> ofCommand(ended.exit());
            case FILE_SERVER -> FILE_SERVER_FAILED;
            case GATE -> ended.exit().equals(new ExitResult.Status(ClientMessage.TRY_AGAIN)) ? UNAVAILABLE : DENIED;
            case CLIENT -> CLIENT_GONE;
        };
    }

    /** A signal ended the command, as when the file server is out of memory. */
    private static RequestOutcome ofCommand(ExitResult exit) {
        return switch (exit) {
            case ExitResult.Status _ -> exit.equals(SUCCESS) ? SERVED : COMMAND_FAILED;
            case ExitResult.Signal _ -> FILE_SERVER_FAILED;
        };
    }
}
