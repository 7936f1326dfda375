package io.gerve.access;

import io.gerve.git.RepositoryName;

/** Outcome of an access decision, with the rule that decided. */
public sealed interface Decision {
    Rule rule();

    /**
     * @param requestedName name that the client used; differs from the name of the repository after a rename or
     *     transfer
     */
    record Allowed(Rule rule, Repository repository, RepositoryName requestedName) implements Decision {
        public boolean isRedirected() {
            return !repository.name().equals(requestedName);
        }
    }

    /**
     * @param operatorMessage reason that the operator gave for revoking the key, suspending the account, making the
     *     site read-only, or archiving, locking or disabling the repository; empty if none
     */
    record Denied(Rule rule, String operatorMessage) implements Decision {}
}
