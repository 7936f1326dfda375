package io.gerve.packaging.fileserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power failures of a file server. Its home is on a disk of its own, which is copied as soon as a push is reported. The
 * copy has what a power failure at that time leaves.
 */
class PowerFailureIT {
    private static final Path SHARE =
            Path.of(System.getProperty("gerve.distribution", "target/gerve"), "share/file-server");
    private static final String REPOSITORY = "a/a8/e2/95/mojombo/bert.git";

    @TempDir
    private Path folder;

    private Shell shell;
    private LocalFileServer server;

    @BeforeEach
    void start() throws Exception {
        shell = new Shell(folder, Map.of(), Duration.ofMinutes(5));
        // Without a commit, the file system writes nothing to the disk that nobody asked for.
        shell.run("truncate -s 96M disk && mkfs.ext4 -q -F disk && mkdir now later")
                .orThrow();
        assumeTrue(shell.run("mount -o loop,commit=300 disk now").succeeded(), "only root can mount");
        shell.run("ssh-keygen -q -t ed25519 -N '' -f id").orThrow();
        String key = Files.readString(folder.resolve("id.pub")).strip();
        FileServerHome home = FileServerHome.create(folder.resolve("now/fs"), SHARE, key);
        server = OpensshFileServer.start(
                home, FreePort.find(), OpensshFileServer.installedSshd().orElseThrow(), new Programs());
        String ssh = "ssh -F /dev/null -i " + folder.resolve("id") + " -o IdentitiesOnly=yes -o IdentityAgent=none"
                + " -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -p "
                + server.port();
        shell = shell.with("GIT_SSH_COMMAND", ssh).with("SERVER", server.user() + "@127.0.0.1");
        shell.run("git init -q -b main work && git -C work remote add origin $SERVER:" + REPOSITORY)
                .orThrow();
    }

    private void createRepository() {
        await().until(
                        () -> shell.run(
                                "echo go | $GIT_SSH_COMMAND $SERVER 'gerve-repository create " + REPOSITORY + "'"),
                        CommandResult::succeeded);
    }

    /** Makes gerve-repository, also as a hook, run the script in place of a program of the machine. */
    private void replace(String program, String script) throws Exception {
        Path fake = Files.createDirectories(folder.resolve("fake"));
        Files.writeString(fake.resolve(program), "#!/bin/sh\n" + script + "\n");
        Path command = server.home().folder().resolve("git-shell-commands/gerve-repository");
        shell.run("chmod +x 'fake/%s' && sed -i 's|^PATH=/usr|PATH=%s:/usr|' '%s'".formatted(program, fake, command))
                .orThrow();
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            server.close();
        }
        shell.run("umount -l later; umount -l now");
    }

    @Test
    void reportedPushesSurvive() throws Exception {
        createRepository();
        assertThat(server.home().folder().resolve(REPOSITORY + "/hooks/reference-transaction"))
                .doesNotExist();
        assertReportedPushesSurvive();
    }

    @Test
    void reportedPushesSurviveOnOtherFileSystemsThanExt4() throws Exception {
        replace("stat", "echo xfs");
        createRepository();
        assertReportedPushesSurvive();
    }

    private void assertReportedPushesSurvive() throws Exception {
        push("main main:refs/heads/old/one main:refs/heads/old/two");
        push("main main:refs/heads/new/folder/branch :refs/heads/old/one");
        String refs = refs("work/.git", "refs/remotes/origin");
        assertThat(refs).contains("new/folder/branch", "old/two").doesNotContain("old/one");

        shell.run("cp --sparse=always disk copy && mount -o loop copy later").orThrow();

        assertThat(refs("later/fs/" + REPOSITORY, "refs/heads")).isEqualTo(refs);
        assertThat(shell.run("git --git-dir=later/fs/" + REPOSITORY + " fsck --full --strict")
                        .status())
                .isZero();
    }

    /** The client must not be told that a push is stored if the disk fails. */
    @Test
    void pushThatTheDiskDoesNotTakeIsNotReported() throws Exception {
        replace("stat", "echo xfs");
        createRepository();
        replace("sync", "exit 1");
        commit();
        CommandResult push = shell.run("git -C work push origin main");
        assertThat(push.status()).isNotZero();
        assertThat(push.output()).doesNotContain("main -> main");
    }

    private void push(String refs) throws Exception {
        commit();
        shell.run("git -C work push -q origin " + refs).orThrow();
    }

    private void commit() throws Exception {
        shell.run("git -C work -c user.name=a -c user.email=a@b commit -q --allow-empty -m a")
                .orThrow();
    }

    private String refs(String repository, String prefix) throws Exception {
        return shell.run("git --git-dir=" + repository + " for-each-ref --format='%(objectname) %(refname:lstrip="
                        + prefix.split("/", -1).length + ")' " + prefix)
                .orThrow()
                .output();
    }
}
