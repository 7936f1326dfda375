package io.gerve.access;

import io.gerve.git.RepositoryName;

/** Whether a request may go on, and the rule that said so. */
public sealed interface Decision {
    Rule rule();

    /** @param asked the name that the client used, which differs from the repository's own after a rename or transfer */
    record Allowed(Rule rule, Repository repository, RepositoryName asked) implements Decision {
        public boolean moved() {
            return !repository.name().equals(asked);
        }
    }

    /**
     * @param operatorsWords why, in the words of whoever suspended, locked, disabled or revoked; empty if none were given
     */
    record Denied(Rule rule, String operatorsWords) implements Decision {}
}
