package io.gerve.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Settings of the {@code [agent]} section: the gate behind stock OpenSSH.
 *
 * @param socket socket of the agent, to which {@code gerve-keys} and {@code gerve-shell} connect. Its directory must
 *     belong to the agent alone.
 * @param user Unix account that git users log in as, and that runs {@code gerve-shell}
 * @param keysUser Unix account as which sshd runs {@code gerve-keys}
 * @param shell absolute path of {@code gerve-shell}
 * @param ssh absolute path of OpenSSH's client
 * @param requestsMax maximum number of concurrent requests; at least 1
 */
public record AgentSettings(Path socket, String user, String keysUser, Path shell, Path ssh, int requestsMax) {
    /** Size of {@code sun_path} without the terminating zero byte (unix(7)). */
    private static final int SOCKET_BYTES_MAX = 107;

    public AgentSettings {
        requirePlainPath("agent.socket", socket);
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > SOCKET_BYTES_MAX) {
            throw new IllegalArgumentException("agent.socket must be at most " + SOCKET_BYTES_MAX + " bytes long");
        }
        requireAccountName("agent.user", user);
        requireAccountName("agent.keys_user", keysUser);
        requirePlainPath("agent.shell", shell);
        requirePlainPath("agent.ssh", ssh);
        SettingRange.atLeast("agent.requests_max", requestsMax, 1);
    }

    /** Returns the directory of the socket. */
    public Path folder() {
        return socket.resolveSibling("");
    }

    private static void requireAccountName(String name, String value) {
        if (!value.matches("[a-z_][a-z0-9_-]{0,31}")) {
            throw new IllegalArgumentException(name + " must be the name of a Unix account");
        }
    }

    /**
     * Requires a path without special characters, since it becomes part of an authorized_keys line and passes a login
     * shell.
     */
    private static void requirePlainPath(String name, Path path) {
        if (!path.isAbsolute() || !path.toString().matches("[A-Za-z0-9/._-]+")) {
            throw new IllegalArgumentException(
                    name + " must be an absolute path of letters, digits, '/', '.', '_' and '-'");
        }
    }
}
