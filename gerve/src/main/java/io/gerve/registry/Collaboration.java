package io.gerve.registry;

import io.gerve.access.Role;
import io.gerve.keylookup.key.Login;

/** What somebody may do with a repository that is not theirs. */
public record Collaboration(Login login, Role role) {}
