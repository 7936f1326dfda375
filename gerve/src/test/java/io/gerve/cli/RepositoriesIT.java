package io.gerve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.cli.output.Terminal;
import io.gerve.git.RepositoryName;
import io.gerve.git.RepositoryPath;
import io.gerve.testing.RunningSshd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Repositories, with OpenSSH's sshd and git-shell as the file server. The tests share a site; each has repositories of
 * its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RepositoriesIT {
    private static final Path COMMANDS = Path.of("../packaging/file-server/git-shell-commands");

    private OperatedSite site;
    private RunningSshd sshd;

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        site = OperatedSite.open(home);
        sshd = fileServer(home);
        addServer(site, sshd);
        site.must("account", "create", "mojombo");
        site.must("org", "create", "github", "--owner", "mojombo");
    }

    @AfterAll
    void stop() throws Exception {
        sshd.close();
        site.close();
    }

    @Test
    void repositoryIsCreatedInItsFolderOnTheFileServer() {
        var made = site.must("repo", "create", "Mojombo/bert.git", "--json").json();
        assertThat(made.get("repository").stringValue()).isEqualTo("mojombo/bert");
        assertThat(made.get("path").stringValue()).isEqualTo("a/a8/e2/95/mojombo/bert.git");
        assertThat(sshd.root().resolve("a/a8/e2/95/mojombo/bert.git/HEAD")).exists();
        assertThat(site.gerve("doctor").out()).contains("ok       file_server fs1/fs1a\n");
    }

    @Test
    void repositoryHasTheObjectFormatAndDefaultBranchThatWereAskedFor() throws Exception {
        var made = site.must(
                        "repo",
                        "create",
                        "mojombo/sha",
                        "--object-format",
                        "SHA256",
                        "--default-branch",
                        "été/1.0",
                        "--json")
                .json();
        assertThat(made.get("object_format").stringValue()).isEqualTo("sha256");
        assertThat(made.get("default_branch").stringValue()).isEqualTo("été/1.0");
        Path folder = sshd.root().resolve(made.get("path").stringValue());
        assertThat(git(folder, "rev-parse", "--show-object-format")).isEqualTo("sha256\n");
        assertThat(folder.resolve("HEAD")).hasContent("ref: refs/heads/été/1.0");
        var wrong = site.gerve("repo", "create", "mojombo/sha2", "--default-branch", "a..b");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err()).contains("'a..b': a branch is named as git check-ref-format --branch allows");
        assertThat(site.gerve("repo", "create", "mojombo/sha2", "--object-format", "md5")
                        .status())
                .isEqualTo(2);
    }

    @Test
    void defaultBranchIsSetOnTheFileServerAndItsStandby(@TempDir Path home) throws Exception {
        Path folder = folder("mojombo/head");
        try (var standby = fileServer(home)) {
            Files.copy(
                    sshd.root().resolveSibling("authorized_keys"),
                    standby.root().resolveSibling("authorized_keys"),
                    StandardCopyOption.REPLACE_EXISTING);
            addHost("fs1b", standby);
            Path copy = standby.root().resolve(sshd.root().relativize(folder));
            Files.createDirectories(copy.getParent());
            git(standby.root(), "init", "--quiet", "--bare", copy.toString());

            var run = site.gerve("repo", "set", "mojombo/head", "--default-branch", "trunk");

            assertThat(run.err()).isEqualTo("The default branch of mojombo/head is trunk.\n");
            assertThat(folder.resolve("HEAD")).hasContent("ref: refs/heads/trunk");
            assertThat(copy.resolve("HEAD")).hasContent("ref: refs/heads/trunk");
            standby.kill();
            assertThat(site.must("repo", "set", "mojombo/head", "--default-branch", "main")
                            .err())
                    .contains("The copy on the standby has another default branch: File server fs1b could not be")
                    .contains("The default branch of mojombo/head is main.\n");
        } finally {
            site.must("host", "remove", "fs1", "fs1b");
        }
        assertThat(site.record())
                .anyMatch(line -> line.endsWith(" cli repository_default_branch master>trunk"))
                .anyMatch(line -> line.endsWith(" cli repository_default_branch trunk>main"));
    }

    @Test
    void defaultBranchMustExistUnlessTheRepositoryIsEmpty() throws Exception {
        Path folder = folder("mojombo/heads");
        String tree =
                git(folder, "hash-object", "-w", "-t", "tree", "/dev/null").strip();
        String commit = git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit-tree", "-m", "a", tree)
                .strip();
        git(folder, "update-ref", "refs/heads/main", commit);
        var refused = site.gerve("repo", "set", "mojombo/heads", "--default-branch", "trunk");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err())
                .isEqualTo("gerve: File server fs1a refused:"
                        + " gerve-repository: the repository has no branch of that name\n");
        var set = site.must("repo", "set", "mojombo/heads", "--default-branch", "main", "--json");
        assertThat(set.json().get("default_branch").stringValue()).isEqualTo("main");
        assertThat(site.gerve("repo", "set", "mojombo/heads").status()).isEqualTo(2);
    }

    @Test
    void repositoryOnTheFileServerIsAdopted() throws Exception {
        Path incoming = Files.createDirectories(sshd.root().resolve("incoming"));
        Path source = incoming.resolve("grit.git");
        git(
                incoming,
                "init",
                "--quiet",
                "--bare",
                "--object-format=sha256",
                "--initial-branch=trunk",
                source.toString());
        String tree =
                git(source, "hash-object", "-w", "-t", "tree", "/dev/null").strip();
        String commit = git(source, "-c", "user.name=a", "-c", "user.email=a@b", "commit-tree", "-m", "a", tree)
                .strip();
        git(source, "update-ref", "refs/heads/trunk", commit);
        git(source, "config", "core.sshCommand", "evil");

        var adopted = site.must("repo", "adopt", "Mojombo/adopted", "incoming/grit.git", "--json")
                .json();

        assertThat(adopted.get("repository").stringValue()).isEqualTo("mojombo/adopted");
        assertThat(adopted.get("object_format").stringValue()).isEqualTo("sha256");
        assertThat(adopted.get("default_branch").stringValue()).isEqualTo("trunk");
        Path folder = sshd.root().resolve(adopted.get("path").stringValue());
        assertThat(git(folder, "rev-parse", "HEAD").strip()).isEqualTo(commit);
        assertThat(folder.resolve("config")).content().doesNotContain("evil");
        assertThat(folder.resolve("config.before-adoption")).content().contains("evil");
        assertThat(source).doesNotExist();
        assertThat(site.gerve("repo", "adopt", "mojombo/adopted", "incoming/x.git")
                        .err())
                .isEqualTo("gerve: There is already a repository mojombo/adopted.\n");
    }

    @Test
    void removedRepositoryIsTakenBackFromTheTrashAndFromItsPlace() throws Exception {
        Path folder = folder("mojombo/back");
        site.must("repo", "delete", "mojombo/back", "--yes");
        Path trash = sshd.root().resolve(".gerve-trash");
        Path removed;
        try (var found = Files.find(trash, 9, (file, _) -> file.endsWith("mojombo/back.git"))) {
            removed = found.findFirst().orElseThrow();
        }
        site.must(
                "repo", "adopt", "mojombo/back", sshd.root().relativize(removed).toString());
        assertThat(folder).isDirectory();
        site.sql("DELETE FROM repositories WHERE name = 'back'");
        site.must("repo", "adopt", "mojombo/back");
    }

    /** The attack: a hook, a link or a setting of the repository runs a program, or reads another file. */
    @Test
    void repositoryThatIsNotCompleteInItselfIsNotAdopted() throws Exception {
        Path incoming = Files.createDirectories(sshd.root().resolve("incoming"));
        folder("mojombo/kept");
        for (String name : List.of("hook", "link", "borrowing", "split", "quiet")) {
            git(incoming, "init", "--quiet", "--bare", incoming.resolve(name).toString());
        }
        Files.createSymbolicLink(
                Files.createDirectories(incoming.resolve("hook/hooks")).resolve("update"), Path.of("/bin/true"));
        Files.createSymbolicLink(incoming.resolve("link/packed-refs"), Path.of("/etc/passwd"));
        Files.writeString(incoming.resolve("borrowing/objects/info/alternates"), "/elsewhere/objects\n");
        Files.writeString(incoming.resolve("split/commondir"), "../hook\n");
        git(incoming.resolve("quiet"), "config", "fsck.skipList", "/elsewhere/faults");
        for (String[] wrong : new String[][] {
            {"incoming/split", "it has commondir"},
            {"incoming/quiet", "settings of fsck or include"},
            {"incoming/hook", "it has the hook update"},
            {"incoming/link", "it has symbolic links"},
            {"incoming/borrowing", "it borrows objects"},
            {"incoming", "not a bare repository"},
            {"incoming/none", "does not have the repository"},
            {"../root", "not a bare repository"},
            {new RepositoryPath(RepositoryName.parse("mojombo/kept").orElseThrow()).text(), "gerve repo rename moves it"
            },
        }) {
            var run = site.gerve("repo", "adopt", "mojombo/wrong", wrong[0]);
            assertThat(run.err()).contains(wrong[1]);
            assertThat(run.status()).isEqualTo(1);
        }
        assertThat(site.gerve("repo", "adopt", "mojombo/wrong", "a;b").status()).isEqualTo(2);
        assertThat(site.gerve("repo", "show", "mojombo/wrong").status()).isEqualTo(1);
        site.must("repo", "adopt", "mojombo/hooked", "incoming/hook", "--keep-hooks");
    }

    private static String git(Path folder, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("git", "-C", folder.toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void nameInUseIsRefusedInAnyCase() {
        site.must("repo", "create", "mojombo/god");
        assertThat(site.gerve("repo", "create", "mojombo/GOD").err())
                .isEqualTo("gerve: There is already a repository mojombo/GOD.\n");
    }

    @Test
    void renameMovesTheFolderAndKeepsTheOldName() {
        Path old = folder("mojombo/grit");
        assertThat(site.gerve("repo", "rename", "mojombo/grit", "github/grit").err())
                .contains("mojombo/grit is github/grit now");
        assertThat(old).doesNotExist();
        var shown = site.must("repo", "show", "github/grit", "--json").json();
        assertThat(shown.get("old_names").get(0).stringValue()).isEqualTo("mojombo/grit");
        assertThat(sshd.root().resolve(shown.get("path").stringValue())).isDirectory();
        assertThat(site.gerve("repo", "show", "mojombo/grit").err())
                .isEqualTo("gerve: mojombo/grit moved to github/grit. Use that name.\n");
    }

    @Test
    void newRepositoryUnderAnOldNameWins() {
        site.must("repo", "create", "mojombo/jekyll");
        site.must("repo", "rename", "mojombo/jekyll", "github/jekyll");
        site.must("repo", "create", "mojombo/jekyll");
        assertThat(site.must("repo", "show", "github/jekyll", "--json").json().get("old_names"))
                .isEmpty();
        assertThat(site.gerve("repo", "rename", "github/jekyll", "mojombo/jekyll")
                        .status())
                .isEqualTo(1);
    }

    @Test
    void deletionNeedsAConfirmationAndMovesTheFolderToTheTrash() {
        Path folder = folder("mojombo/erlectricity");
        assertThat(site.gerve("repo", "delete", "mojombo/erlectricity").err()).contains("confirm with --yes");
        assertThat(site.gerve(Terminal.of(_ -> "n"), "repo", "delete", "mojombo/erlectricity")
                        .err())
                .isEqualTo("gerve: Not done.\n");
        assertThat(folder).isDirectory();
        assertThat(site.gerve(Terminal.of(_ -> "y"), "repo", "delete", "mojombo/erlectricity")
                        .status())
                .isZero();
        assertThat(folder).doesNotExist();
        assertThat(sshd.root().resolve(".gerve-trash")).isDirectory();
        assertThat(site.gerve("repo", "show", "mojombo/erlectricity").status()).isEqualTo(1);
    }

    /** Creates a repository and returns its folder. */
    private Path folder(String repository) {
        var made = site.must("repo", "create", repository, "--json").json();
        Path folder = sshd.root().resolve(made.get("path").stringValue());
        assertThat(folder).isDirectory();
        return folder;
    }

    @Test
    void renameThatTheFileServerRefusesChangesNothing() throws Exception {
        Path folder = folder("mojombo/chronic");
        Files.createDirectories(folder.resolveSibling("ernie.git"));
        var refused = site.gerve("repo", "rename", "mojombo/chronic", "mojombo/ernie");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err())
                .isEqualTo("gerve: File server fs1a refused: gerve-repository: something is already there\n");
        assertThat(site.gerve("repo", "show", "mojombo/chronic").status()).isZero();
        assertThat(folder).isDirectory();
    }

    @Test
    void stateChangesOnlyFromTheExpectedState() {
        site.must("repo", "create", "mojombo/state");
        site.must("repo", "archive", "mojombo/state");
        assertThat(site.gerve("repo", "lock", "mojombo/state", "--reason", "x").err())
                .isEqualTo("gerve: mojombo/state is archived already.\n");
        assertThat(site.gerve("repo", "unlock", "mojombo/state").status()).isEqualTo(1);
        site.must("repo", "unarchive", "mojombo/state");
        site.must("repo", "lock", "mojombo/state", "--reason", "Under review");
        site.must("repo", "disable", "mojombo/state", "--reason", "Taken down");
        site.must("repo", "enable", "mojombo/state");
    }

    @Test
    void listShowsStateAndVisibility() {
        site.must("account", "create", "tom");
        site.must("repo", "create", "tom/bert");
        site.must("repo", "disable", "tom/bert", "--reason", "Taken down");
        site.must("repo", "set", "tom/bert", "--visibility", "public");
        var row = site.must("repo", "list", "tom", "--json").json().get(0);
        assertThat(row.get("state").stringValue()).isEqualTo("disabled");
        assertThat(row.get("reason").stringValue()).isEqualTo("Taken down");
        assertThat(row.get("visibility").stringValue()).isEqualTo("public");
    }

    @Test
    void fileServerOutageExitsWith75AndLeavesNoRepository(@TempDir Path home) throws Exception {
        try (var other = OperatedSite.open(home);
                var killed = fileServer(home)) {
            addServer(other, killed);
            other.must("account", "create", "mojombo");
            killed.kill();
            var run = other.gerve("repo", "create", "mojombo/bert");
            assertThat(run.status()).isEqualTo(75);
            assertThat(run.err()).startsWith("gerve: File server fs1a could not be reached: ");
            assertThat(other.gerve("repo", "show", "mojombo/bert").status()).isEqualTo(1);
            assertThat(other.gerve("doctor").status()).isEqualTo(1);
        }
    }

    private static RunningSshd fileServer(Path home) throws IOException {
        var sshd = RunningSshd.withGitShell(home.resolve("fs"));
        var commands = Files.createDirectories(sshd.root().resolve("git-shell-commands"));
        for (String name : new String[] {"gerve-repository", "no-interactive-login"}) {
            Files.copy(COMMANDS.resolve(name), commands.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        return sshd;
    }

    private void addHost(String name, RunningSshd standby) {
        var key = standby.hostKey().text();
        site.must("host", "add", "fs1", name, "127.0.0.1", "--port", "" + standby.port(), "--host-key", key);
    }

    private static void addServer(OperatedSite site, RunningSshd sshd) {
        var key = sshd.hostKey().text();
        site.must("server", "create", "fs1", "fs1a", "127.0.0.1", "--port", "" + sshd.port(), "--host-key", key);
    }
}
