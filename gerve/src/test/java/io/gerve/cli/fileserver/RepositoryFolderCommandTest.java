package io.gerve.cli.fileserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code gerve-repository} of packaging/file-server, run by git-shell as sshd runs it. */
class RepositoryFolderCommandTest {
    private static final Path COMMANDS = Path.of("../packaging/file-server/git-shell-commands");
    private static final String BERT = "a/a8/e2/95/mojombo/bert.git";
    private static final String ERNIE = "a/a8/e2/95/mojombo/ernie.git";

    @TempDir
    private Path home;

    @TempDir
    private Path aside;

    private record Run(int status, String output) {}

    @BeforeEach
    void installTheCommand() throws IOException {
        Files.writeString(home.resolve(".gitconfig"), "[init]\n\tdefaultBranch = main\n");
        var commands = Files.createDirectories(home.resolve("git-shell-commands"));
        Files.copy(
                COMMANDS.resolve("gerve-repository"),
                commands.resolve("gerve-repository"),
                StandardCopyOption.COPY_ATTRIBUTES);
    }

    @Test
    void createOfAnEmptyRepositoryIsIdempotent() throws Exception {
        assertThat(gitShell("gerve-repository create '" + BERT + "'"))
                .isEqualTo(new Run(0, "ready\ncreated\nobject_format sha1\ndefault_branch main\n"));
        assertThat(home.resolve(BERT).resolve("HEAD")).exists();
        assertThat(gitShell("gerve-repository create '" + BERT + "'"))
                .isEqualTo(new Run(0, "already there, and empty\nobject_format sha1\ndefault_branch main\n"));
        Files.createDirectories(home.resolve(ERNIE).resolve("mine"));
        assertThat(gitShell("gerve-repository create " + ERNIE).status()).isEqualTo(4);
    }

    /** An interrupted creation left an empty repository. The next one may ask for another default branch or format. */
    @Test
    void createMakesAnEmptyRepositoryAsAsked() throws Exception {
        gitShell("gerve-repository create " + BERT);
        assertThat(gitShell("gerve-repository create " + BERT + " --default-branch 'topic/1'"))
                .isEqualTo(new Run(0, "ready\nalready there, and empty\nobject_format sha1\ndefault_branch topic/1\n"));
        assertThat(gitShell("gerve-repository create " + BERT + " --object-format sha256")
                        .status())
                .isEqualTo(4);
        assertThat(gitShell("gerve-repository create " + ERNIE + " --default-branch trunk --object-format sha256"))
                .isEqualTo(new Run(0, "ready\ncreated\nobject_format sha256\ndefault_branch trunk\n"));
        assertThat(gitShell("gerve-repository show " + ERNIE))
                .isEqualTo(new Run(0, "object_format sha256\ndefault_branch trunk\n"));
    }

    /** The attack: a name of a branch that git takes for an option, or with which HEAD leaves the repository. */
    @ParameterizedTest
    @ValueSource(strings = {"-d", "HEAD", "a..b", "../../../other", "'a\nb'", "''", "'a b'"})
    void otherBranchNameIsRefused(String name) throws Exception {
        gitShell("gerve-repository create " + BERT);
        assertThat(gitShell("gerve-repository set-default-branch " + BERT + " " + name))
                .isEqualTo(new Run(1, "gerve-repository: not the name of a branch\n"));
        assertThat(home.resolve(BERT).resolve("HEAD")).hasContent("ref: refs/heads/main");
    }

    @Test
    void moveNeverReplacesAndRemoveKeepsTheFolder() throws Exception {
        gitShell("gerve-repository create " + BERT);
        assertThat(gitShell("gerve-repository move " + ERNIE + " " + BERT).status())
                .isEqualTo(3);
        assertThat(gitShell("gerve-repository move " + BERT + " " + ERNIE).status())
                .isZero();
        gitShell("gerve-repository create " + BERT);
        assertThat(gitShell("gerve-repository move " + BERT + " " + ERNIE).status())
                .isEqualTo(4);
        assertThat(gitShell("gerve-repository remove " + ERNIE).status()).isZero();
        assertThat(home.resolve(ERNIE)).doesNotExist();
        assertThat(home.resolve(".gerve-trash")).isNotEmptyDirectory();
    }

    @Test
    void nothingIsChangedWithoutConfirmation() throws Exception {
        gitShell("gerve-repository create " + BERT);

        for (String arguments : List.of(
                "create " + ERNIE,
                "set-default-branch " + BERT + " other",
                "move " + BERT + " " + ERNIE,
                "remove " + BERT)) {
            assertThat(run("", "gerve-repository " + arguments).output())
                    .isEqualTo("ready\ngerve-repository: no \"go\" received, nothing was changed\n");
        }
        assertThat(home.resolve(BERT)).isDirectory();
        assertThat(home.resolve(ERNIE)).doesNotExist();
    }

    /** A command that may still run must not overlap with the next one. */
    @Test
    void commandsRunOneAtATime() throws Exception {
        var other = new ProcessBuilder("sh", "-c", "exec 9<. && flock 9 && echo locked && read word")
                .directory(home.toFile())
                .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("locked");
            assertThat(gitShell("gerve-repository create " + BERT))
                    .isEqualTo(new Run(6, "gerve-repository: another gerve-repository is running\n"));
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertThat(gitShell("gerve-repository create " + BERT).status()).isZero();
    }

    /** Only a path that the gate computes is accepted: no parent directory, no other folder, no second word. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "create ../a/a8/e2/95/mojombo/bert.git",
                "create a/a8/e2/95/../bert.git",
                "create a/a8/e2/95/mojombo/...git",
                "create a/a8/e2/95/mojombo/bert.git.git",
                "create a/a8/e2/96/mojombo/bert.git",
                "create /a/a8/e2/95/mojombo/bert.git",
                "create a/a8/e2/95/mojombo/bert",
                "create 'a/a8/e2/95/mojombo/b;id.git'",
                "create 'a/a8/e2/95/mojombo/bert.git\nx'",
                "create ''",
            })
    void otherPathIsRefused(String arguments) throws Exception {
        assertThat(gitShell("gerve-repository " + arguments).status()).isEqualTo(1);
        try (var left = Files.list(home)) {
            assertThat(left).hasSize(2);
        }
    }

    private Run gitShell(String command) throws IOException, InterruptedException {
        return run("go\n", command);
    }

    private Run run(String stdin, String command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("git-shell", "-c", command).redirectErrorStream(true);
        builder.environment().put("HOME", home.toString());
        builder.redirectInput(Files.writeString(aside.resolve("stdin"), stdin).toFile());
        var process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }
}
