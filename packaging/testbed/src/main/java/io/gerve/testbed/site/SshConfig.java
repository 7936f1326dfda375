package io.gerve.testbed.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Configuration of the OpenSSH client with a host for each user, which is the gate with that user's key. */
public final class SshConfig {
    private final Path file;

    /**
     * @param user the user name for logins at the gate
     * @param gateHostKeys the host keys of every gate of the site
     */
    SshConfig(Path file, String user, List<Path> gateHostKeys) throws IOException {
        this.file = file;
        Path knownHosts = file.resolveSibling("known_hosts");
        for (Path key : gateHostKeys) {
            Files.writeString(
                    knownHosts,
                    "gerve " + SshKeys.publicKey(key) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
        Files.writeString(file, """
                # The host's name selects the key: as-mojombo is the gate, with mojombo's key.
                Host *
                  User %s
                  HostName 127.0.0.1
                  HostKeyAlias gerve
                  UserKnownHostsFile %s
                  GlobalKnownHostsFile /dev/null
                  StrictHostKeyChecking yes
                  UpdateHostKeys no
                  PreferredAuthentications publickey
                  LogLevel ERROR

                """.formatted(user, knownHosts));
    }

    public Path file() {
        return file;
    }

    /** Adds a host whose connections log in with this key and no other. */
    public void addHost(String host, int port, Path privateKey) throws IOException {
        add(host, port, "IdentityFile %s\n  IdentitiesOnly yes\n  IdentityAgent none".formatted(privateKey));
    }

    /** Adds a host whose connections log in with the keys of an agent. */
    public void addHostWithAgent(String host, int port, Path agentSocket) throws IOException {
        add(host, port, "IdentityAgent %s\n  IdentityFile none".formatted(agentSocket));
    }

    private void add(String host, int port, String identity) throws IOException {
        Files.writeString(
                file, "Host %s\n  Port %d\n  %s\n\n".formatted(host, port, identity), StandardOpenOption.APPEND);
    }
}
