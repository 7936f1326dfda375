package io.gerve.admin;

import io.gerve.access.Role;
import io.gerve.keylookup.directory.Login;

/** A user with a role for a repository of another owner. */
public record Collaborator(Login login, Role role) {}
