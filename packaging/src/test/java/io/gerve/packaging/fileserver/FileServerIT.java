package io.gerve.packaging.fileserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.packaging.agent.EcdsaSecurityKey;
import io.gerve.packaging.agent.Ed25519SecurityKey;
import io.gerve.packaging.agent.SecurityKeyAgent;
import io.gerve.testbed.fileserver.EmbeddedFileServer;
import io.gerve.testbed.fileserver.FileServerHome;
import io.gerve.testbed.fileserver.LocalFileServer;
import io.gerve.testbed.fileserver.OpensshFileServer;
import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.FreePort;
import io.gerve.testbed.process.Programs;
import io.gerve.testbed.process.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the file servers of the quickstart and the tests, without a gate. */
class FileServerIT {
    private static final Path SHARE =
            Path.of(System.getProperty("gerve.distribution", "target/gerve"), "share/file-server");
    private static final String REPOSITORY = "a/a8/e2/95/mojombo/bert.git";

    @TempDir
    Path folder;

    private final Programs programs = new Programs();
    private Shell shell = new Shell(Path.of("."), Map.of(), Duration.ofMinutes(5));
    private String key = "";

    @BeforeEach
    void makeKey() throws Exception {
        shell = shell.in(folder);
        shell.run("ssh-keygen -q -t ed25519 -N '' -f id").orThrow();
        key = Files.readString(folder.resolve("id.pub")).strip();
    }

    @Test
    void opensshServesARepository() throws Exception {
        FileServerHome home = FileServerHome.create(folder.resolve("fs"), SHARE, key);
        Path sshd = OpensshFileServer.installedSshd().orElseThrow();
        try (LocalFileServer server = OpensshFileServer.start(home, FreePort.find(), sshd, programs)) {
            assertServesARepository(server);
        }
    }

    @Test
    void embeddedFileServerServesARepository() throws Exception {
        FileServerHome home = FileServerHome.create(folder.resolve("fs"), SHARE, key);
        try (LocalFileServer server = EmbeddedFileServer.start(home, FreePort.find(), key)) {
            assertServesARepository(server);
        }
    }

    /** Tests of the gate with the software authenticator are meaningful only if OpenSSH's server accepts it too. */
    @Test
    void opensshAcceptsTheSoftwareAuthenticator() throws Exception {
        var ed25519 = new Ed25519SecurityKey();
        var ecdsa = new EcdsaSecurityKey();
        FileServerHome home =
                FileServerHome.create(folder.resolve("fs"), SHARE, ed25519.publicKey() + "\n" + ecdsa.publicKey());
        Path sshd = OpensshFileServer.installedSshd().orElseThrow();
        try (LocalFileServer server = OpensshFileServer.start(home, FreePort.find(), sshd, programs)) {
            assertLogsIn(server, new SecurityKeyAgent(folder.resolve("agent1"), ed25519), "agent1");
            assertLogsIn(server, new SecurityKeyAgent(folder.resolve("agent2"), ecdsa), "agent2");
        }
    }

    private void assertLogsIn(LocalFileServer server, SecurityKeyAgent agent, String socket) throws Exception {
        try (agent) {
            CommandResult login = awaitSuccess("ssh -F /dev/null -o IdentityAgent=" + folder.resolve(socket)
                    + " -o IdentityFile=none" + options(server) + " 'gerve-repository version'");
            assertThat(login.output()).isEqualTo("gerve-repository 5\n");
        }
    }

    private void assertServesARepository(LocalFileServer server) throws Exception {
        String ssh = "ssh -F /dev/null -i " + folder.resolve("id") + " -o IdentitiesOnly=yes -o IdentityAgent=none";
        awaitSuccess("echo go | " + ssh + options(server) + " 'gerve-repository create " + REPOSITORY + "'");
        String remote = server.user() + "@127.0.0.1:" + REPOSITORY;
        Shell git = shell.with("GIT_SSH_COMMAND", ssh + commonOptions() + " -p " + server.port());
        git.run(
                        "git init -q -b main work && cd work && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m a"
                                + " && git push " + remote + " main")
                .orThrow();
        CommandResult clone = git.with("GIT_TRACE_PACKET", "1").run("git clone " + remote + " again");
        assertThat(clone.output()).contains("clone< version 2");
        assertThat(clone.status()).isZero();
        CommandResult refused = shell.run(ssh + options(server) + " 'cat /etc/passwd'");
        assertThat(refused.status()).isEqualTo(128);
    }

    private CommandResult awaitSuccess(String command) {
        return org.awaitility.Awaitility.await().until(() -> shell.run(command), CommandResult::succeeded);
    }

    private static String options(LocalFileServer server) {
        return commonOptions() + " -p " + server.port() + " " + server.user() + "@127.0.0.1";
    }

    private static String commonOptions() {
        return " -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR";
    }
}
