package io.gerve.keylookup.directory;

/** Principal that a key authenticates: an account or a deploy key. */
public sealed interface Principal {
    /** An account. Its key has all rights of the account. */
    record OfAccount(Account account) implements Principal {}

    /**
     * A deploy key, which has access to its own repositories only.
     *
     * @param repository one of its repositories, {@code owner/name}, for the greeting; empty if it has none
     */
    record OfDeployKey(String repository) implements Principal {}

    /** Returns the name for messages and the log: the login, or the repository of the deploy key. */
    default String displayName() {
        return switch (this) {
            case OfAccount(var account) -> account.login().text();
            case OfDeployKey(var repository) -> repository;
        };
    }
}
