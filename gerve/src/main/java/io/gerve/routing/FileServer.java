package io.gerve.routing;

import java.util.List;

/**
 * Logical file server as stored in the database.
 *
 * @param hosts active host first
 * @param owners number of accounts whose repositories the server holds
 */
public record FileServer(String name, List<FileServerHost> hosts, long owners) {
    public FileServer {
        hosts = List.copyOf(hosts);
    }
}
