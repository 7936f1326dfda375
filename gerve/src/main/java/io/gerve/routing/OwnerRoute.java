package io.gerve.routing;

import io.gerve.keylookup.directory.Login;

/** Which logical server holds an owner's repositories. */
public record OwnerRoute(Login owner, String server) {}
