package io.gerve.routing;

import io.gerve.keylookup.key.PublicKey;
import java.util.regex.Pattern;

/**
 * A machine that serves repositories. That one exists means that it may be dialled: its address is a host name or an IP address,
 * and it has a pinned key.
 *
 * @param name within its logical server: {@code fs3a}
 * @param hostKey the only key that its sshd is believed with
 */
public record FileServerHost(String name, String address, int port, PublicKey hostKey) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45}");

    public FileServerHost {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a host's name is 1 to 63 lower-case letters, digits and hyphens");
        }
        if (!ADDRESS.matcher(address).matches()) {
            throw new IllegalArgumentException(
                    "the address of host " + name + " is neither a host name nor an IP address");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("the port of host " + name + " must be 1 to 65535, not " + port);
        }
    }
}
