package io.gerve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.cli.output.Terminal;
import io.gerve.testing.RunningSshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repositories, servers and routes, with OpenSSH's sshd and git-shell as the file server. */
class RepositoriesIT {
    private static final Path COMMANDS = Path.of("../packaging/file-server/git-shell-commands");

    @TempDir
    private Path home;

    @Test
    void repositoryIsCreatedRenamedAndDeletedOnItsFileServer() throws Exception {
        try (var site = OperatedSite.open(home);
                var sshd = fileServer()) {
            addServer(site, sshd, "fs1");
            site.must("account", "create", "mojombo");
            site.must("org", "create", "github", "--owner", "mojombo");

            var made = site.must("repo", "create", "Mojombo/bert.git", "--json").json();
            assertThat(made.get("repository").stringValue()).isEqualTo("mojombo/bert");
            assertThat(made.get("path").stringValue()).isEqualTo("a/a8/e2/95/mojombo/bert.git");
            var folder = sshd.root().resolve("a/a8/e2/95/mojombo/bert.git");
            assertThat(folder.resolve("HEAD")).exists();
            assertThat(site.gerve("repo", "create", "mojombo/BERT").err())
                    .isEqualTo("gerve: There is already a repository mojombo/BERT.\n");

            assertThat(site.gerve("repo", "rename", "mojombo/bert", "github/bert")
                            .err())
                    .contains("mojombo/bert is github/bert now");
            assertThat(folder).doesNotExist();
            var shown = site.must("repo", "show", "github/bert", "--json").json();
            assertThat(shown.get("old_names").get(0).stringValue()).isEqualTo("mojombo/bert");
            assertThat(sshd.root().resolve(shown.get("path").stringValue())).isDirectory();
            assertThat(site.gerve("repo", "show", "mojombo/bert").err())
                    .isEqualTo("gerve: mojombo/bert moved to github/bert. Use that name.\n");

            // A new repository under the old name wins over the old one.
            site.must("repo", "create", "mojombo/bert");
            assertThat(site.must("repo", "show", "github/bert", "--json")
                            .json()
                            .get("old_names")
                            .isEmpty())
                    .isTrue();
            assertThat(site.gerve("repo", "rename", "github/bert", "mojombo/bert")
                            .status())
                    .isEqualTo(1);

            assertThat(site.gerve("repo", "delete", "github/bert").err()).contains("confirm with --yes");
            assertThat(site.gerve(Terminal.of(_ -> "n"), "repo", "delete", "github/bert")
                            .err())
                    .isEqualTo("gerve: Not done.\n");
            assertThat(site.gerve(Terminal.of(_ -> "y"), "repo", "delete", "github/bert")
                            .status())
                    .isZero();
            assertThat(sshd.root().resolve(".gerve-trash")).isDirectory();
            assertThat(site.must("repo", "list", "github", "--json").json().isEmpty())
                    .isTrue();
            assertThat(site.must("doctor").out()).contains("host fs1/fs1a").doesNotContain(" no ");
        }
    }

    @Test
    void renameThatTheFileServerRefusesChangesNothing() throws Exception {
        try (var site = OperatedSite.open(home);
                var sshd = fileServer()) {
            addServer(site, sshd, "fs1");
            site.must("account", "create", "mojombo");
            site.must("repo", "create", "mojombo/bert");
            Files.createDirectories(sshd.root().resolve("a/a8/e2/95/mojombo/ernie.git"));

            var refused = site.gerve("repo", "rename", "mojombo/bert", "mojombo/ernie");
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.err())
                    .isEqualTo("gerve: File server fs1a refused: gerve-repository: something is already there\n");
            assertThat(site.gerve("repo", "show", "mojombo/bert").status()).isZero();
            assertThat(sshd.root().resolve("a/a8/e2/95/mojombo/bert.git")).isDirectory();
        }
    }

    @Test
    void fileServerOutageExitsWith75AndLeavesNoRepository() throws Exception {
        try (var site = OperatedSite.open(home);
                var sshd = fileServer()) {
            addServer(site, sshd, "fs1");
            site.must("account", "create", "mojombo");
            sshd.kill();
            var run = site.gerve("repo", "create", "mojombo/bert");
            assertThat(run.status()).isEqualTo(75);
            assertThat(run.err()).startsWith("gerve: File server fs1a could not be reached: ");
            assertThat(site.gerve("repo", "show", "mojombo/bert").status()).isEqualTo(1);
            assertThat(site.gerve("doctor").status()).isEqualTo(1);
        }
    }

    @Test
    void stateChangesOnlyFromTheExpectedState() throws Exception {
        try (var site = OperatedSite.open(home);
                var sshd = fileServer()) {
            addServer(site, sshd, "fs1");
            site.must("account", "create", "mojombo");
            site.must("repo", "create", "mojombo/bert");
            site.must("repo", "archive", "mojombo/bert");
            assertThat(site.gerve("repo", "lock", "mojombo/bert", "--reason", "x")
                            .err())
                    .isEqualTo("gerve: mojombo/bert is archived already.\n");
            assertThat(site.gerve("repo", "unlock", "mojombo/bert").status()).isEqualTo(1);
            site.must("repo", "unarchive", "mojombo/bert");
            site.must("repo", "lock", "mojombo/bert", "--reason", "Under review");
            site.must("repo", "disable", "mojombo/bert", "--reason", "Taken down");
            site.must("repo", "set", "mojombo/bert", "--visibility", "public");
            var row = site.must("repo", "list", "--json").json().get(0);
            assertThat(row.get("state").stringValue()).isEqualTo("disabled");
            assertThat(row.get("reason").stringValue()).isEqualTo("Taken down");
            assertThat(row.get("visibility").stringValue()).isEqualTo("public");
            site.must("repo", "enable", "mojombo/bert");
        }
    }

    @Test
    void serversHostsAndRoutesAreCreatedShownFailedOverAndRebuilt() throws Exception {
        try (var site = OperatedSite.open(home);
                var sshd = fileServer()) {
            var scanned = site.gerve(
                    Terminal.of(_ -> "yes"),
                    "server",
                    "create",
                    "fs1",
                    "fs1a",
                    "127.0.0.1",
                    "--port",
                    "" + sshd.port(),
                    "--scan");
            assertThat(scanned.status()).isZero();
            assertThat(scanned.err()).contains(sshd.hostKey().fingerprint().text());
            assertThat(site.gerve("server", "create", "fs2", "fs2a", "127.0.0.1", "--host-key", "ssh-ed25519 AAAA")
                            .status())
                    .isEqualTo(1);
            assertThat(site.gerve(
                                    "server",
                                    "create",
                                    "fs1",
                                    "fs1a",
                                    "::1",
                                    "--host-key",
                                    sshd.hostKey().text())
                            .err())
                    .isEqualTo("gerve: There is a file server fs1 already.\n");
            assertThat(site.gerve(
                            "server",
                            "create",
                            "fs2",
                            "fs2a",
                            "::1",
                            "--port",
                            "65536",
                            "--host-key",
                            sshd.hostKey().text()))
                    .satisfies(run -> assertThat(run.status()).isEqualTo(2))
                    .satisfies(run -> assertThat(run.err()).contains("must be 1 to 65535"));
            site.must(
                    "host",
                    "add",
                    "fs1",
                    "fs1b",
                    "127.0.0.2",
                    "--host-key",
                    sshd.hostKey().text());
            site.must("account", "create", "mojombo");

            assertThat(site.must("route", "show", "mojombo").out()).contains("fs1a", "fs1b");
            var active = site.must("route", "failover", "fs1", "--json").json();
            assertThat(active.get("active").stringValue()).isEqualTo("fs1b");
            assertThat(site.gerve("host", "remove", "fs1", "fs1b").status()).isEqualTo(1);
            assertThat(site.must("server", "list").out()).contains("fs1b, fs1a");
            var hosts = site.must("host", "list", "fs1", "--json").json();
            assertThat(hosts.get(0).get("host").stringValue()).isEqualTo("fs1b");
            assertThat(hosts.get(0).get("active").booleanValue()).isTrue();
            assertThat(hosts.get(1).get("active").booleanValue()).isFalse();
            assertThat(site.must("server", "show", "fs1", "--json")
                            .json()
                            .get("hosts")
                            .get(0)
                            .stringValue())
                    .isEqualTo("fs1b");
            assertThat(site.must("route", "show").out()).contains("mojombo");
            assertThat(site.must("route", "rebuild", "--json")
                            .json()
                            .get("routes")
                            .intValue())
                    .isEqualTo(1);
            assertThat(site.gerve("server", "delete", "fs1").err()).contains("still holds the repositories of 1");
            assertThat(site.gerve("route", "set", "mojombo", "fs9").status()).isEqualTo(1);
            assertThat(site.must("audit", "changes", "--server", "fs1").out())
                    .containsPattern("file_server .* fs1: fs1a, fs1b +fs1: fs1b, fs1a")
                    .contains("fs1b at 127.0.0.2 port 22, " + sshd.hostKey().fingerprint())
                    .containsPattern("route +mojombo .* fs1");
            assertThat(site.must("audit", "changes", "--account", "mojombo").out())
                    .containsPattern("route +mojombo .* fs1");
            assertThat(site.gerve("audit", "changes", "--server", "fs").err()).contains("There is no file server fs,");
        }
    }

    private RunningSshd fileServer() throws IOException {
        var sshd = RunningSshd.withGitShell(home.resolve("fs"));
        var commands = Files.createDirectories(sshd.root().resolve("git-shell-commands"));
        for (String name : new String[] {"gerve-repository", "no-interactive-login"}) {
            Files.copy(COMMANDS.resolve(name), commands.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        return sshd;
    }

    private static void addServer(OperatedSite site, RunningSshd sshd, String name) {
        var key = sshd.hostKey().text();
        site.must("server", "create", name, name + "a", "127.0.0.1", "--port", "" + sshd.port(), "--host-key", key);
    }
}
