package io.gerve.admin;

/** An account with the number of its keys that are not deleted and of its repositories. */
public record AccountSummary(AccountDetails details, int keys, int repositories) {}
