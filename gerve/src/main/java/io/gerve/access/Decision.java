package io.gerve.access;

import io.gerve.git.RepositoryName;

/** Whether a request may go on, and the rule that said so. */
public sealed interface Decision {
    Rule rule();

    /** @param requestedName the name that the client used, which differs from the repository's own after a rename or transfer */
    record Allowed(Rule rule, Repository repository, RepositoryName requestedName) implements Decision {
        public boolean isRedirected() {
            return !repository.name().equals(requestedName);
        }
    }

    /**
     * @param operatorMessage why, in the words of whoever suspended, locked, disabled or revoked; empty if none were given
     */
    record Denied(Rule rule, String operatorMessage) implements Decision {}
}
