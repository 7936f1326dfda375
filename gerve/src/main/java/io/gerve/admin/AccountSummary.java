package io.gerve.admin;

/** How much belongs to an account: keys that were not deleted, and repositories. */
public record AccountSummary(AccountDetails entry, int keys, int repositories) {}
