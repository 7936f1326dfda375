package io.gerve.keylookup.directory;

/** What a key stands for. */
public sealed interface Principal {
    /** A person's key: it may do what the account may. */
    record OfAccount(Account account) implements Principal {}

    /**
     * A deploy key: it opens its own repositories and nothing else.
     *
     * @param repository one of its repositories, {@code owner/name}, for the greeting; empty if it has none left
     */
    record OfDeployKey(String repository) implements Principal {}
}
