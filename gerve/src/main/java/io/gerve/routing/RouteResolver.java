package io.gerve.routing;

import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;

/** Knows which file server holds whose repositories. Safe for use by many threads. */
public interface RouteResolver {
    /**
     * @return empty if the owner has no route, which is an answer: no server was ever chosen for it
     * @throws LookupUnavailable if neither Redis nor the database could say
     */
    Optional<Route> routeTo(Login owner) throws LookupUnavailable;
}
