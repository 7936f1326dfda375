package io.gerve.routing;

import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;

/** Authoritative source of routes. Safe for use by many threads. */
interface RouteSource {
    /**
     * @param route empty if the owner has none
     * @param generation generation of all routes at the time of the look-up; each change of any route sets a new one
     */
    record Found(Optional<Route> route, String generation) {}

    /**
     * Finds the route of the owner.
     *
     * @throws LookupUnavailable if the look-up failed, so that nothing may be concluded
     */
    Found find(Login owner) throws LookupUnavailable;

    /**
     * Returns the route to the hosts of a file server, or empty if there is no such server.
     *
     * @throws LookupUnavailable if it could not be found out, or if a row of the server is invalid
     */
    Optional<Route> server(String name) throws LookupUnavailable;

    /** Waits for the end of changes that are being made, and returns the generation of all routes. */
    String generation() throws LookupUnavailable;
}
