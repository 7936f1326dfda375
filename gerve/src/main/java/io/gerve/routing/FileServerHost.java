package io.gerve.routing;

import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import java.util.regex.Pattern;

/**
 * Machine that serves repositories. An instance is safe to connect to: its address is a host name or an IP address, and
 * its host key is pinned.
 *
 * @param name name within its logical server: {@code fs3a}
 * @param hostKey the only host key that is accepted from its sshd
 */
public record FileServerHost(String name, String address, int port, PublicKey hostKey) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45}");

    public FileServerHost {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("host name must be 1 to 63 lower-case letters, digits and hyphens");
        }
        if (!ADDRESS.matcher(address).matches()) {
            throw new IllegalArgumentException("address of host " + name + " must be a host name or an IP address");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port of host " + name + " must be 1 to 65535, not " + port);
        }
    }

    /**
     * Parses a host key: a type and base64, without options and without a comment.
     *
     * @throws IllegalArgumentException if the text is not exactly one public key
     */
    static PublicKey parseHostKey(String text) {
        try {
            PublicKey key = PublicKey.ofLine(text);
            if (!key.text().equals(text)) {
                throw new IllegalArgumentException("host key has text before or after it");
            }
            return key;
        } catch (InvalidKey e) {
            throw new IllegalArgumentException("invalid host key: " + e.getMessage(), e);
        }
    }
}
