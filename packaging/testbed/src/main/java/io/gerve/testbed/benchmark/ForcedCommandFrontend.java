package io.gerve.testbed.benchmark;

import io.gerve.testbed.fileserver.OpensshFileServer;
import io.gerve.testbed.process.FreePort;
import io.gerve.testbed.process.Programs;
import io.gerve.testbed.process.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The frontend of 2009: an sshd whose forced command replaces itself with {@code ssh} to the file server. It does no
 * look-ups, so it is cheaper here than it was.
 */
final class ForcedCommandFrontend implements AutoCloseable {
    private final int port;
    private final RunningProgram sshd;

    /**
     * @param sshConfig the ssh configuration of the inner connection
     * @param fileServer the file server's host in that configuration
     * @param hostKey the private host key of this sshd
     * @param authorizedKeys the file with the keys that may log in
     */
    ForcedCommandFrontend(
            Path folder, Path sshConfig, String fileServer, Path hostKey, Path authorizedKeys, Programs programs)
            throws IOException {
        this.port = FreePort.find();
        Path config = folder.resolve("sshd_2009_config");
        Files.writeString(config, """
                ListenAddress 127.0.0.1:%d
                HostKey %s
                PidFile none
                AuthorizedKeysFile %s
                AuthenticationMethods publickey
                PermitRootLogin prohibit-password
                StrictModes no
                UsePAM no
                UseDNS no
                MaxStartups 500:30:1000
                AcceptEnv GIT_PROTOCOL
                SetEnv "HOME=%s"
                ForceCommand exec ssh -F %s %s "$SSH_ORIGINAL_COMMAND"
                """.formatted(port, hostKey, authorizedKeys, folder, sshConfig, fileServer));
        Path program = OpensshFileServer.installedSshd()
                .orElseThrow(() -> new IOException("The benchmark needs OpenSSH's sshd"));
        this.sshd = programs.start(
                List.of(program.toString(), "-D", "-e", "-f", config.toString()),
                Map.of(),
                folder.resolve("sshd_2009.log"));
    }

    int port() {
        return port;
    }

    long pid() {
        return sshd.pid();
    }

    @Override
    public void close() {
        sshd.close();
    }
}
