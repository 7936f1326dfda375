package io.gerve.registry;

/** How much belongs to an account: keys that were not deleted, and repositories. */
public record AccountSummary(AccountEntry entry, int keys, int repositories) {}
