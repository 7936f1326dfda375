package io.gerve.request;

import io.gerve.access.DecidingRule;
import io.gerve.accesslog.RequestDecision;

/** Rules by which the gate answers a request itself, beside the access rules. */
public enum RequestRule implements DecidingRule {
    /** The client asked for no command. */
    NO_COMMAND(RequestDecision.GREETED),
    INVALID_COMMAND(RequestDecision.DENIED),
    /** The client addressed something that cannot be the name of a repository. */
    INVALID_REPOSITORY(RequestDecision.DENIED),
    WHOAMI(RequestDecision.ANSWERED),
    EXPLAIN(RequestDecision.ANSWERED),
    /** The client has no key. */
    NO_KEY(RequestDecision.DENIED),
    SESSIONS_MAX(RequestDecision.LIMITED),
    SESSIONS_PER_ACCOUNT_MAX(RequestDecision.LIMITED),
    LOOKUP_FAILED(RequestDecision.UNAVAILABLE),
    /** The owner of the repository has no route. */
    NO_ROUTE(RequestDecision.UNAVAILABLE),
    /** The gate failed unexpectedly. */
    INTERNAL(RequestDecision.FAILED);

    private final RequestDecision decision;

    RequestRule(RequestDecision decision) {
        this.decision = decision;
    }

    RequestDecision decision() {
        return decision;
    }
}
