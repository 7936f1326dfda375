package io.gerve.testbed.site;

import io.gerve.testbed.fileserver.OpensshFileServer;
import io.gerve.testbed.process.Programs;
import io.gerve.testbed.process.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Stock OpenSSH with the shipped settings, and a {@code gerve agent} from the distribution behind it. */
public final class OpensshGate implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final String ACCOUNT = FrontendKind.OPENSSH.user();

    private final RunningProgram agent;
    private final RunningProgram sshd;

    private OpensshGate(RunningProgram agent, RunningProgram sshd) {
        this.agent = agent;
        this.sshd = sshd;
    }

    /** @throws IOException with their logs if they do not take connections within a minute */
    static OpensshGate start(Distribution distribution, GateConfig config, Path hostKey, Programs programs)
            throws IOException, InterruptedException {
        Path folder = Files.createDirectories(config.agentFolder());
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        writeShell(distribution, config);
        if (ACCOUNT.equals("root")) {
            // sshd started by root insists on it; on a machine where sshd never ran it is not there yet.
            Files.createDirectories(Path.of("/run/sshd"));
        }
        Path settings = folder.resolve("sshd_config");
        Files.writeString(settings, settings(distribution, config, hostKey));
        Path sshdProgram =
                OpensshFileServer.installedSshd().orElseThrow(() -> new IOException("OpenSSH's sshd is not installed"));
        RunningProgram agent = programs.start(
                List.of(
                        distribution.program("gerve").toString(),
                        "agent",
                        "--config",
                        config.file().toString()),
                Map.of(),
                folder.resolve("agent.log"));
        RunningProgram sshd = programs.start(
                List.of(sshdProgram.toString(), "-D", "-e", "-f", settings.toString()),
                Map.of(),
                folder.resolve("sshd.log"));
        var gate = new OpensshGate(agent, sshd);
        Instant deadline = Instant.now().plus(START_MAX);
        while (!Files.exists(config.agentSocket()) || !GateProcess.greets(config.port())) {
            if (gate.agent.awaitEnd(Duration.ofMillis(100)) || Instant.now().isAfter(deadline)) {
                gate.close();
                throw new IOException("stock OpenSSH did not start:\n" + agent.log() + sshd.log());
            }
        }
        return gate;
    }

    /** sshd gives its children no JAVA_HOME. */
    private static void writeShell(Distribution distribution, GateConfig config) throws IOException {
        Files.writeString(
                config.shell(), """
                #!/bin/sh
                export JAVA_HOME='%s'
                exec '%s' "$@"
                """.formatted(System.getProperty("java.home"), distribution.program("gerve-shell")));
        Files.setPosixFilePermissions(config.shell(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The shipped settings, for this account in place of git. sshd runs only what belongs to root, as env does. */
    private static String settings(Distribution distribution, GateConfig config, Path hostKey) throws IOException {
        String shipped = Files.readString(distribution.home().resolve("share/openssh-frontend/sshd_config.d-gerve.conf"))
                .replace("Match User git", "Match User " + ACCOUNT)
                .replace("AuthorizedKeysCommandUser gerve-keys", "AuthorizedKeysCommandUser " + ACCOUNT)
                .replace(
                        "AuthorizedKeysCommand /usr/bin/gerve-keys",
                        "AuthorizedKeysCommand /usr/bin/env JAVA_HOME=%s %s --socket %s"
                                .formatted(
                                        System.getProperty("java.home"),
                                        distribution.program("gerve-keys"),
                                        config.agentSocket()));
        return """
                ListenAddress 127.0.0.1:%d
                HostKey %s
                PidFile none
                PermitRootLogin prohibit-password
                StrictModes no
                UsePAM no
                PrintMotd no
                """.formatted(config.port(), hostKey) + shipped;
    }

    public RunningProgram agent() {
        return agent;
    }

    /** What the agent and sshd wrote until now. */
    public String log() throws IOException {
        return agent.log() + sshd.log();
    }

    @Override
    public void close() {
        sshd.close();
        agent.close();
    }
}
