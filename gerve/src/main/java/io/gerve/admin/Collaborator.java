package io.gerve.admin;

import io.gerve.access.Role;
import io.gerve.keylookup.directory.Login;

/** What somebody may do with a repository that is not theirs. */
public record Collaborator(Login login, Role role) {}
