package io.gerve.packaging.fileserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.FreePort;
import io.gerve.testbed.process.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of {@code share/file-server/setup}, in a mount namespace. */
class SetupIT {
    private static final Path SETUP = Path.of(
                    System.getProperty("gerve.distribution", "target/gerve"), "share/file-server/setup")
            .toAbsolutePath();

    @TempDir
    private Path folder;

    private Shell shell;
    private BareBox box;

    @BeforeEach
    void start() throws Exception {
        shell = new Shell(folder, Map.of(), Duration.ofMinutes(5));
        assumeTrue(
                shell.run("unshare --mount true").succeeded(),
                "the test needs a mount namespace, which only root can create and some machines forbid");
        shell.run("ssh-keygen -q -t ed25519 -N '' -C gate -f gate && ssh-keygen -q -t ed25519 -N '' -f other")
                .orThrow();
        box = new BareBox(folder);
    }

    @AfterEach
    void stop() {
        if (box != null) {
            box.close();
        }
    }

    @Test
    void setupTurnsABareMachineIntoAFileServer() throws Exception {
        CommandResult first = setup("--gate-key " + folder + "/gate.pub");
        assertThat(first.output()).contains("This machine is a file server.").contains("ssh-ed25519 AAAA");
        int port = FreePort.find();
        try (var sshd = box.start(
                "/usr/sbin/sshd -D -e -p " + port + " -o ListenAddress=127.0.0.1 -o PidFile=none",
                folder.resolve("sshd.log"))) {
            CommandResult version = Awaitility.await()
                    .until(() -> ssh("gate", port, "gerve-repository version"), CommandResult::succeeded);
            assertThat(version.output()).isEqualTo("gerve-repository 5\n");

            String path = "a/a8/e2/95/mojombo/bert.git";
            ssh("gate", port, "gerve-repository create " + path).orThrow();
            assertThat(ssh("gate", port, "git-upload-archive " + path).output()).doesNotContain("denied");
            String hook = "/srv/git/" + path + "/hooks/reference-transaction";
            box.run("rm " + hook).orThrow();
            setup("--gate-key " + folder + "/gate.pub");
            assertThat(box.run("stat -c %U " + hook + " && readlink -e " + hook).output())
                    .isEqualTo("git\n/srv/git/git-shell-commands/gerve-repository\n");
            ssh("gate", port, "gerve-repository remove " + path).orThrow();
            assertThat(ssh("gate", port, "cat /etc/passwd").succeeded()).isFalse();
            assertThat(ssh("other", port, "gerve-repository version").output()).contains("Permission denied");

            setup("--gate-key " + folder + "/gate.pub --gates 192.0.2.7");
            assertThat(ssh("gate", port, "gerve-repository version").output()).contains("Permission denied");
            assertThat(sshd.isRunning()).isTrue();
        }
    }

    /** The attack: to exploit a hole in git on the file server, and then install a key of one's own. */
    @Test
    void userCannotChangeFilesThatControlLogins() throws Exception {
        setup("--gate-key " + folder + "/gate.pub");

        for (String attempt : new String[] {
            "mv .ssh elsewhere",
            "rm -r .ssh",
            "sh -c 'echo x >>.ssh/authorized_keys'",
            "mv git-shell-commands elsewhere",
            "sh -c 'echo x >git-shell-commands/x'",
            "sh -c 'echo x >.gitconfig'",
            "mkdir new"
        }) {
            assertThat(box.run("cd /srv/git && setpriv --reuid git --regid git --clear-groups " + attempt)
                            .succeeded())
                    .as(attempt)
                    .isFalse();
        }
        box.run("cd /srv/git && setpriv --reuid git --regid git --clear-groups mkdir -p a/a8 .gerve-trash/x")
                .orThrow();
    }

    @Test
    void secondRunChangesNothingAndRepairsDamage() throws Exception {
        setup("--gate-key " + folder + "/gate.pub");
        String state = "find /srv/git /etc/ssh/sshd_config.d /etc/passwd -printf '%p %u:%g %m %s %T@\n' | sort";
        String before = box.run(state).orThrow().output();

        assertThat(setup("--gate-key " + folder + "/gate.pub").output()).doesNotContain("wrote");
        assertThat(box.run(state).orThrow().output()).isEqualTo(before);

        box.run("chown git: /srv/git && chmod 777 /srv/git && rm /etc/ssh/sshd_config.d/gerve.conf")
                .orThrow();
        assertThat(setup("--gate-key " + folder + "/gate.pub").output())
                .contains("wrote /etc/ssh/sshd_config.d/gerve.conf")
                .doesNotContain("authorized_keys");
        assertThat(box.run("stat -c '%U:%G %a' /srv/git").output()).isEqualTo("root:git 750\n");
    }

    @Test
    void invalidOptionsAreRefusedBeforeAnyChange() throws Exception {
        String state = "ls -la /srv /etc/ssh/sshd_config.d; cat /etc/passwd";
        String before = box.run(state).orThrow().output();

        assertThat(box.run(SETUP + " --gate-key " + folder + "/gate").output()).contains("holds a private key");
        assertThat(box.run(SETUP + " --gate-key /dev/null").output()).contains("is empty");
        assertThat(box.run(SETUP + " --gate-key " + folder + "/gate.pub --user root")
                        .output())
                .contains("--user must be a user name other than root");
        assertThat(box.run(SETUP + " --gate-key " + folder + "/gate.pub --dry-run")
                        .orThrow()
                        .output())
                .contains("would run: useradd");
        assertThat(box.run(state).orThrow().output()).isEqualTo(before);
    }

    private CommandResult setup(String arguments) throws Exception {
        return box.run(SETUP + " " + arguments).orThrow();
    }

    private CommandResult ssh(String key, int port, String command) throws Exception {
        return shell.run(
                "echo go | ssh -F /dev/null -i " + key + " -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes"
                        + " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -p " + port
                        + " git@127.0.0.1 '" + command + "'");
    }
}
