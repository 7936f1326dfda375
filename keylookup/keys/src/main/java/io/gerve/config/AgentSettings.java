package io.gerve.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The file's {@code [agent]}: the gate behind stock OpenSSH.
 *
 * @param socket where {@code gerve-keys} and {@code gerve-shell} ask; the folder must be the agent's own
 * @param user the Unix account that people log in as, which runs {@code gerve-shell}
 * @param keysUser the Unix account that sshd runs {@code gerve-keys} as
 * @param shell the absolute path of {@code gerve-shell}
 * @param ssh the absolute path of OpenSSH's client
 * @param requestsMax questions at one time
 */
public record AgentSettings(Path socket, String user, String keysUser, Path shell, Path ssh, int requestsMax) {
    /** Of {@code sun_path}, its last byte left out (unix(7)). */
    private static final int SOCKET_BYTES_MAX = 107;

    public AgentSettings {
        plain("agent.socket", socket);
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > SOCKET_BYTES_MAX) {
            throw new IllegalArgumentException("agent.socket must be at most " + SOCKET_BYTES_MAX + " bytes long");
        }
        account("agent.user", user);
        account("agent.keys_user", keysUser);
        plain("agent.shell", shell);
        plain("agent.ssh", ssh);
        SettingRange.atLeast("agent.requests_max", requestsMax, 1);
    }

    /** The socket's. */
    public Path folder() {
        return socket.resolveSibling("");
    }

    private static void account(String name, String value) {
        if (!value.matches("[a-z_][a-z0-9_-]{0,31}")) {
            throw new IllegalArgumentException(name + " must be the name of a Unix account");
        }
    }

    /** The paths go into a line of an authorized_keys file, and through a login shell. */
    private static void plain(String name, Path path) {
        if (!path.isAbsolute() || !path.toString().matches("[A-Za-z0-9/._-]+")) {
            throw new IllegalArgumentException(
                    name + " must be an absolute path of letters, digits, '/', '.', '_' and '-'");
        }
    }
}
