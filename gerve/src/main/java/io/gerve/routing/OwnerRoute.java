package io.gerve.routing;

import io.gerve.keylookup.directory.Login;

/** Logical server that holds the repositories of an owner. */
public record OwnerRoute(Login owner, String server) {}
