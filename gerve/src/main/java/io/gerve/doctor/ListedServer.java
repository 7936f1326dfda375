package io.gerve.doctor;

import io.gerve.routing.FileServerHost;
import io.gerve.routing.Route;
import java.util.List;

/**
 * File server as the database has it, sound or not.
 *
 * @param owners number of accounts whose repositories the server holds
 * @param hosts the active one first
 * @param invalidHosts names of hosts whose row cannot be used
 */
record ListedServer(String name, long owners, List<FileServerHost> hosts, List<String> invalidHosts) {
    ListedServer {
        hosts = List.copyOf(hosts);
        invalidHosts = List.copyOf(invalidHosts);
    }

    /** Returns the name for a command to type, or {@code SERVER} if it is not a valid one. */
    String argument() {
        return Route.isName(name) ? name : "SERVER";
    }
}
