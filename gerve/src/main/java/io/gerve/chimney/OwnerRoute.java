package io.gerve.chimney;

import io.gerve.keylookup.key.Login;

/** Which logical server holds an owner's repositories. */
public record OwnerRoute(Login owner, String server) {}
