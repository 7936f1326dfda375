package io.gerve.cli.fileserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.cli.OperatedSite;
import io.gerve.testing.RunningSshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * File server on which {@code gerve-repository} hangs: the command times out, and the folder stays where the database
 * says.
 */
@Timeout(300)
class HungFileServerIT {
    private static final Path COMMAND = Path.of("../packaging/file-server/git-shell-commands/gerve-repository");
    private static final String BERT = "a/a8/e2/95/mojombo/bert.git";
    private static final String ERNIE = "a/a8/e2/95/mojombo/ernie.git";

    /** The command, which stops once before it begins or after it ended, until the file {@code hung} is removed. */
    private static final String STOPPING = """
            #!/bin/sh
            stop() { ! mv "$1" hung 2>/dev/null || while [ -e hung ]; do sleep 0.1; done; }
            stop stop-before
            ./real "$@"
            status=$?
            stop stop-after
            touch ended
            exit $status
            """;

    @TempDir
    private Path home;

    private OperatedSite site;
    private RunningSshd sshd;

    @BeforeEach
    void start() throws IOException {
        site = OperatedSite.open(home);
        site.configure("# [file_servers]", "folder_timeout = \"8s\"");
        sshd = RunningSshd.withGitShell(home.resolve("fs"));
        Files.copy(COMMAND, sshd.root().resolve("real"), StandardCopyOption.COPY_ATTRIBUTES);
        Path command = sshd.root().resolve("git-shell-commands/gerve-repository");
        Files.createDirectories(command.getParent());
        Files.writeString(command, STOPPING);
        assertThat(command.toFile().setExecutable(true)).isTrue();
        String key = sshd.hostKey().text();
        site.must("server", "create", "fs1", "fs1a", "127.0.0.1", "--port", "" + sshd.port(), "--host-key", key);
        site.must("account", "create", "mojombo");
    }

    @AfterEach
    void stop() throws IOException {
        if (Files.exists(file("hung"))) {
            resumeUntilEnd();
        }
        sshd.close();
        site.close();
    }

    @Test
    void repositoryNotCreatedInTimeDoesNotExist() throws Exception {
        Files.createFile(file("stop-before"));

        var run = site.gerve("repo", "create", "mojombo/bert");

        assertNotReady(run);
        assertThat(site.gerve("repo", "show", "mojombo/bert").status()).isEqualTo(1);
        assertThat(file(BERT)).doesNotExist();
        site.must("repo", "create", "mojombo/bert");
    }

    /** A move that starts after the timeout would take the folder away from where the database says it is. */
    @Test
    void renameThatTimedOutIsNotMadeLater() throws Exception {
        site.must("repo", "create", "mojombo/bert");
        Files.createFile(file("stop-before"));

        var run = site.gerve("repo", "rename", "mojombo/bert", "mojombo/ernie");

        assertNotReady(run);
        resumeUntilEnd();
        assertThat(file(BERT)).isDirectory();
        assertThat(file(ERNIE)).doesNotExist();
        assertThat(site.gerve("repo", "show", "mojombo/bert").status()).isZero();
        site.must("repo", "rename", "mojombo/bert", "mojombo/ernie");
    }

    @Test
    void renameWithoutAResultIsUndone() throws Exception {
        site.must("repo", "create", "mojombo/bert");
        Files.createFile(file("stop-after"));

        var run = site.gerve("repo", "rename", "mojombo/bert", "mojombo/ernie");

        assertThat(run.status()).isEqualTo(75);
        assertThat(run.err())
                .isEqualTo(
                        "gerve: File server fs1a did not answer within 8s, and it is not known what it did. The folder is where it was before.\n");
        assertThat(file(BERT)).isDirectory();
        assertThat(site.gerve("repo", "show", "mojombo/bert").status()).isZero();
        assertThat(site.gerve("repo", "show", "mojombo/ernie").status()).isEqualTo(1);
    }

    @Test
    void deletionThatHangsSaysThatTheFolderIsLeft() throws Exception {
        site.must("repo", "create", "mojombo/bert");
        Files.createFile(file("stop-before"));

        var run = site.gerve("repo", "delete", "mojombo/bert", "--yes");

        assertThat(run.status()).isEqualTo(75);
        assertThat(run.err())
                .startsWith("gerve: mojombo/bert is deleted, but its folder could not be moved")
                .contains("File server fs1a was not ready within 8s");
        assertThat(site.gerve("repo", "show", "mojombo/bert").status()).isEqualTo(1);
        site.must("repo", "create", "mojombo/bert");
        resumeUntilEnd();
        assertThat(file(BERT).resolve("HEAD")).exists();
    }

    @Test
    void doctorTimesOut() throws Exception {
        Files.createFile(file("stop-before"));

        assertThat(site.gerve("doctor").out()).contains("It did not answer within 8s.");
    }

    private static void assertNotReady(OperatedSite.Run run) {
        assertThat(run.status()).isEqualTo(75);
        assertThat(run.err())
                .isEqualTo("gerve: File server fs1a was not ready within 8s. Nothing was changed. Try again.\n");
    }

    private void resumeUntilEnd() throws IOException {
        Files.deleteIfExists(file("ended"));
        Files.delete(file("hung"));
        await().until(() -> Files.exists(file("ended")));
    }

    private Path file(String name) {
        return sshd.root().resolve(name);
    }
}
