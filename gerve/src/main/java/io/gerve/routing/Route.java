package io.gerve.routing;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Logical file server that holds the repositories of an account, with its hosts.
 *
 * @param server name of the server: {@code fs3}
 * @param hosts at least one host; the first is active, the others are standbys in the order in which they take over
 */
public record Route(String server, List<FileServerHost> hosts) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    public Route {
        if (!isName(server)) {
            throw new IllegalArgumentException(
                    "file server name must be 1 to 63 lower-case letters, digits and hyphens");
        }
        hosts = List.copyOf(hosts);
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("file server " + server + " has no host");
        }
    }

    /** Returns whether the text is a valid file server name. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Returns the hosts that can serve a read, in the order in which to try them. */
    public List<FileServerHost> readHosts() {
        return hosts;
    }

    /** Returns the hosts that must take a write. A standby takes no write until it becomes the active host. */
    public List<FileServerHost> writeHosts() {
        return hosts.subList(0, 1);
    }
}
