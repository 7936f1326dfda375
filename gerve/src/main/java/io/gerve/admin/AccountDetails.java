package io.gerve.admin;

import io.gerve.access.Role;
import io.gerve.keylookup.directory.Account;
import java.time.Instant;

/**
 * An account as operators see it.
 *
 * @param basePermission the role of each member of an organization for its repositories; {@link Role#NONE} for a user
 * @param server the file server that holds the account's repositories; empty if none was chosen
 */
public record AccountDetails(Account account, Role basePermission, String server, Instant created) {}
