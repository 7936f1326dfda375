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

/** Running sshd of stock OpenSSH with the shipped settings, and the {@code gerve agent} of the distribution. */
public final class OpensshGate implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
    private static final String ACCOUNT = FrontendKind.OPENSSH.user();

    private final GateConfig config;
    private final RunningProgram agent;
    private final RunningProgram sshd;

    private OpensshGate(GateConfig config, RunningProgram agent, RunningProgram sshd) {
        this.config = config;
        this.agent = agent;
        this.sshd = sshd;
    }

    /** @throws IOException if sshd accepts no connections within five minutes; the message has both logs */
    static OpensshGate start(Distribution distribution, GateConfig config, Path hostKey, Programs programs)
            throws IOException, InterruptedException {
        Path folder = Files.createDirectories(config.agentFolder());
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        writeShell(distribution, config);
        if (ACCOUNT.equals("root")) {
            // sshd requires this folder when root starts it. The first start of the system's sshd creates it.
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
        var gate = new OpensshGate(config, agent, sshd);
        Instant deadline = Instant.now().plus(START_TIMEOUT);
        while (!Files.exists(config.agentSocket()) || !GateProcess.isListening(config.port())) {
            if (gate.agent.awaitEnd(Duration.ofMillis(100)) || Instant.now().isAfter(deadline)) {
                gate.close();
                throw new IOException("Stock OpenSSH did not start:\n" + agent.log() + sshd.log());
            }
        }
        return gate;
    }

    /** Writes a launcher that sets JAVA_HOME, which sshd does not pass to its children. */
    private static void writeShell(Distribution distribution, GateConfig config) throws IOException {
        Files.writeString(
                config.shell(), """
                #!/bin/sh
                export JAVA_HOME='%s'
                exec '%s' "$@"
                """.formatted(System.getProperty("java.home"), distribution.program("gerve-shell")));
        Files.setPosixFilePermissions(config.shell(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /**
     * Returns the shipped settings with the current account in place of git. The AuthorizedKeysCommand is env, since
     * sshd runs only files that belong to root. The account's shell may be bash, which reads its start-up file when sshd
     * starts it; with another HOME there is none.
     */
    private static String settings(Distribution distribution, GateConfig config, Path hostKey) throws IOException {
        String shipped = Files.readString(
                        distribution.home().resolve("share/openssh-frontend/sshd_config.d-gerve.conf"))
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
                SetEnv "HOME=%s"
                """.formatted(config.port(), hostKey, config.file().getParent()) + shipped;
    }

    /** Returns the URL of the agent's metrics and health: {@code http://127.0.0.1:PORT}. */
    public String metricsUrl() {
        return config.metricsUrl();
    }

    public RunningProgram agent() {
        return agent;
    }

    /** Returns the output of the agent and sshd so far. */
    public String log() throws IOException {
        return agent.log() + sshd.log();
    }

    @Override
    public void close() {
        sshd.close();
        agent.close();
    }
}
