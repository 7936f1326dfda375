package io.gerve.routing;

import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;

/** Where routes are as they truly are, behind what only has a copy of them. Safe for use by many threads. */
interface RouteSource {
    /**
     * @param route empty if the owner has none
     * @param generation of all routes at that moment: a text that is another one after each change of any of them
     */
    record Found(Optional<Route> route, String generation) {}

    /** @throws LookupUnavailable if it could not be found out, so that nothing may be concluded */
    Found find(Login owner) throws LookupUnavailable;

    /** Shows the generation, and lets nobody change a route until the consumer is done. */
    void whileUnchanged(SnapshotReader<String> generation) throws LookupUnavailable;
}
