package io.gerve.routing;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The logical file server that holds an account's repositories, and the hosts that make it up.
 *
 * @param server its name: {@code fs3}
 * @param hosts at least one; the first is the active one, the others stand by in the order in which they would take over
 */
public record Route(String server, List<FileServerHost> hosts) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    public Route {
        if (!isName(server)) {
            throw new IllegalArgumentException(
                    "a file server's name is 1 to 63 lower-case letters, digits and hyphens");
        }
        hosts = List.copyOf(hosts);
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("file server " + server + " has no host");
        }
    }

    /** Whether a file server may be named so. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** The hosts that can serve a read, the one to try first in front. */
    public List<FileServerHost> readHosts() {
        return hosts;
    }

    /** The hosts that must take a write. A stand-by takes none until it is made the active one. */
    public List<FileServerHost> writeHosts() {
        return hosts.subList(0, 1);
    }
}
