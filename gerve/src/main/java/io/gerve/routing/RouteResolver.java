package io.gerve.routing;

import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;

/** Resolver of the file server that holds the repositories of an owner. Safe for use by many threads. */
public interface RouteResolver {
    /**
     * Returns the route of the owner.
     *
     * @return empty if the owner has no route: no server was ever assigned to it
     * @throws LookupUnavailable if neither Redis nor the database could be read
     */
    Optional<Route> routeTo(Login owner) throws LookupUnavailable;
}
