package io.gerve.routing;

import java.util.List;

/**
 * A logical file server as the database has it.
 *
 * @param hosts the active one first
 * @param owners accounts whose repositories it holds
 */
public record FileServer(String name, List<FileServerHost> hosts, long owners) {
    public FileServer {
        hosts = List.copyOf(hosts);
    }
}
