package io.gerve.admin;

import io.gerve.access.Role;
import io.gerve.keylookup.directory.Account;
import java.time.Instant;

/**
 * An account as operators see it.
 *
 * @param basePermission the role that each member of an organization has on its repositories; {@link Role#NONE} for a
 *     user
 * @param server the file server that holds the account's repositories; empty if the account has no route
 */
public record AccountDetails(Account account, Role basePermission, String server, Instant created) {}
