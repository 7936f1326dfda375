package io.gerve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings of the site, keys and tokens. */
class RightsIT {
    @TempDir
    private Path home;

    @Test
    void siteIsReadOnlyOnlyWithAReason() throws Exception {
        try (var site = OperatedSite.open(home)) {
            assertThat(site.gerve("site", "set").status()).isEqualTo(2);
            assertThat(site.gerve("site", "set", "--read-only").status()).isEqualTo(2);
            assertThat(site.gerve("site", "set", "--read-only", "New disks", "--read-write")
                            .status())
                    .isEqualTo(2);
            site.must("site", "set", "--read-only", "New disks");
            assertThat(site.must("site", "show", "--json").json().get("reason").stringValue())
                    .isEqualTo("New disks");
            site.must("site", "set", "--read-write");
            assertThat(site.must("site", "show").out()).contains("no");
        }
    }

    @Test
    void keyIsAddedShownRevokedAndDeleted() throws Exception {
        try (var site = OperatedSite.open(home)) {
            site.must("account", "create", "mojombo");
            var file = newKey("laptop", "tom@laptop");
            var added = site.must("key", "add", file.toString(), "--account", "mojombo", "--expires", "90d", "--json");
            var fingerprint = added.json().get("fingerprint").stringValue();
            assertThat(added.json().get("title").stringValue()).isEqualTo("tom@laptop");
            assertThat(site.gerve("key", "add", file.toString(), "--account", "mojombo")
                            .err())
                    .startsWith("gerve: That key is registered for this account or repository already.");
            assertThat(site.must("key", "list", "--account", "mojombo").out()).contains(fingerprint, "valid");
            site.must("key", "revoke", fingerprint, "--reason", "Lost");
            assertThat(site.must("key", "show", fingerprint).out()).contains("revoked", "Lost");
            site.must("key", "delete", fingerprint);
            assertThat(site.gerve("key", "show", fingerprint).status()).isEqualTo(1);
            assertThat(site.gerve("key", "add", file.toString(), "--account", "mojombo", "--expires", "2001-01-01")
                            .err())
                    .contains("is past");
            var secret = site.gerve("key", "add", home.resolve("laptop").toString(), "--account", "mojombo");
            assertThat(secret.status()).isEqualTo(1);
            assertThat(secret.err()).doesNotContain("b3BlbnNzaC1rZXk");
        }
    }

    /** Attack: the private half of this key is public, because it is in every new Vagrant box. */
    @Test
    void compromisedKeyIsRefusedAndARegisteredOneIsFoundByTheCheck() throws Exception {
        try (var site = OperatedSite.open(home)) {
            site.must("account", "create", "mojombo");
            var vagrant = Files.writeString(
                    home.resolve("vagrant.pub"),
                    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN1YdxBpNlzxDqfJyw/QKow1F+wvG9hXGoqiysfJOn5Y");
            for (var add : List.of(
                    List.of("key", "add", vagrant.toString(), "--account", "mojombo"),
                    List.of("import", "authorized-keys", vagrant.toString(), "--account", "mojombo", "--dry-run"))) {
                var refused = site.gerve(add.toArray(String[]::new));
                assertThat(refused.status()).isEqualTo(1);
                assertThat(refused.err() + refused.out()).contains("This key is compromised");
            }
            var file = newKey("laptop", "tom@laptop");
            var added = site.must("key", "add", file.toString(), "--account", "mojombo", "--json");
            var fingerprint = added.json().get("fingerprint").stringValue();
            assertThat(site.must("key", "check", "--json").json()).isEmpty();
            site.configure("[keylookup]", "compromised_keys = [\"leaked\"]");
            Files.writeString(home.resolve("leaked"), fingerprint + " In a public image");
            var check = site.gerve("key", "check");
            assertThat(check.out()).contains(fingerprint, "mojombo", "compromised", "public image");
            assertThat(check.status()).isEqualTo(1);
            site.must("key", "revoke", fingerprint, "--reason", "Leaked");
            assertThat(site.must("key", "check", "--json").json()).isEmpty();
        }
    }

    @Test
    void tokenIsShownOnceListedAndDeleted() throws Exception {
        try (var site = OperatedSite.open(home)) {
            site.must("account", "create", "mojombo");
            var made = site.must("token", "create", "mojombo", "--scopes", "admin:public_key,repo", "--title", "CI");
            assertThat(made.out()).matches("gerve_[0-9A-Za-z]{46}\\R");
            var list = site.must("token", "list", "mojombo", "--json").json();
            assertThat(list.get(0).get("title").stringValue()).isEqualTo("CI");
            var id = list.get(0).get("id").asString();
            assertThat(site.must("token", "delete", id).err()).contains("Token " + id + " of mojombo is deleted.");
            assertThat(site.gerve("token", "delete", id).status()).isEqualTo(1);
            site.must("token", "create", "--service", "--scopes", "repo", "--title", "Web");
            assertThat(site.must("token", "list", "--service").out()).contains("service", "Web");
            assertThat(site.gerve("token", "create", "mojombo", "--scopes", "all", "--title", "x")
                            .err())
                    .contains("'all' is not a scope");
            assertThat(site.record()).noneMatch(line -> line.contains(made.out().substring(6, 20)));
        }
    }

    @Test
    void keysAreImportedLineByLineAndASecondImportAddsNone() throws Exception {
        try (var site = OperatedSite.open(home)) {
            var keydir = Files.createDirectories(home.resolve("keydir/laptops"));
            Files.copy(newKey("one", ""), keydir.resolve("tom@laptop.pub"));
            Files.copy(newKey("two", ""), keydir.resolveSibling("chris.pub"));
            Files.writeString(keydir.resolve("bad.pub"), "not a key\n");
            var directory = home.resolve("keydir").toString();

            var dry = site.gerve("import", "gitolite", directory, "--create-accounts", "--dry-run");
            assertThat(dry.err()).contains("Would be: 2 added, 0 already there, 1 refused.");
            assertThat(site.must("account", "list", "--json").json().isEmpty()).isTrue();
            assertThat(site.gerve("import", "gitolite", directory).err()).contains("3 refused");
            var real = site.gerve("import", "gitolite", directory, "--create-accounts", "--json");
            assertThat(real.status()).isEqualTo(1);
            assertThat(real.json().size()).isEqualTo(3);
            assertThat(site.gerve("import", "gitolite", directory).err())
                    .contains("0 added, 2 already there, 1 refused.");

            var lines = "# keys\n\ncommand=\"/usr/bin/gitolite-shell scott\",restrict "
                    + Files.readString(newKey("three", ""))
                    + "from=\"10.0.0.1\" " + Files.readString(newKey("four", "scott@x"))
                    + Files.readString(newKey("five", "pj@work"));
            var file = Files.writeString(home.resolve("authorized_keys"), lines);
            var report = site.gerve("import", "authorized-keys", file.toString(), "--create-accounts", "--json");
            assertThat(report.err()).contains("2 added, 0 already there, 1 refused.");
            assertThat(report.json().get(0).get("login").stringValue()).isEqualTo("scott");
            assertThat(report.json().get(0).get("location").stringValue()).isEqualTo("authorized_keys:3");
            assertThat(report.json().get(1).get("note").stringValue()).contains("has options");
            assertThat(report.json().get(2).get("login").stringValue()).isEqualTo("pj");
        }
    }

    /** gitolite's rules for the names of files: gitolite's manual, "one user, multiple keys". */
    @Test
    void gitoliteUsersAreKeptApartAsGitoliteMeansThem() throws Exception {
        try (var site = OperatedSite.open(home)) {
            var keydir = home.resolve("keydir");
            for (String folder : List.of("work", "home")) {
                Files.createDirectories(keydir.resolve(folder));
            }
            for (String file : List.of(
                    "john.doe.pub",
                    "john.doe@laptop.pub",
                    "work/john.doe@laptop.pub",
                    "home/alice@example.com.pub",
                    "home/alice@example.com@desk.pub",
                    "Bob.pub",
                    "bob.pub",
                    "carol@nowhere.example.pub")) {
                Files.copy(newKey("k" + file.hashCode(), ""), keydir.resolve(file));
            }
            Files.writeString(keydir.resolve("empty.pub"), "");
            Files.writeString(keydir.resolve("README"), "not a key\n");
            Files.createSymbolicLink(keydir.resolve("link.pub"), keydir.resolve("bob.pub"));
            var map = Files.writeString(
                    home.resolve("users.txt"), "# e-mail  login\n\nalice@example.com alice\nBob robert\n");
            var command = List.of(
                    "import", "gitolite", keydir.toString(), "--create-accounts", "--json", "--logins", map.toString());

            var report = site.gerve(command.toArray(String[]::new));

            assertThat(report.status()).isEqualTo(1);
            assertThat(report.err()).contains("7 added, 0 already there, 3 refused.");
            assertThat(report.json()
                            .valueStream()
                            .map(row -> row.get("location").asString() + " "
                                    + row.get("login").asString("-") + " "
                                    + row.get("result").asString()))
                    .containsExactlyInAnyOrder(
                            "john.doe.pub john.doe added",
                            "john.doe@laptop.pub john.doe added",
                            "work/john.doe@laptop.pub john.doe added",
                            "home/alice@example.com.pub alice added",
                            "home/alice@example.com@desk.pub alice added",
                            "Bob.pub robert added",
                            "bob.pub bob added",
                            "carol@nowhere.example.pub - refused",
                            "empty.pub - refused",
                            "link.pub - refused");
            assertThat(report.out())
                    .contains("'carol@nowhere.example' is not a login. Name one in a file of logins: --logins FILE");
            var without = site.gerve("import", "gitolite", keydir.toString(), "--dry-run");
            assertThat(without.out()).contains("Users whose names differ only in case would be one account.");
            Files.writeString(map, "alice alice\nalice bob\n");
            var wrong = site.gerve(command.toArray(String[]::new));
            assertThat(wrong.status()).isEqualTo(1);
            assertThat(wrong.err()).contains("users.txt:2: each line has a name, once in the file, and a login");
        }
    }

    @Test
    void helpAndCompletionScriptArePrinted() throws Exception {
        try (var site = OperatedSite.open(home)) {
            var help = site.gerve("repo", "rename", "--help").out();
            assertThat(help).contains("The old name redirects", "Exit status:", "75", "--json");
            assertThat(site.gerve("--help").out()).contains("A first repository:", "completion");
            assertThat(site.gerve("--version").out()).startsWith("gerve ");
            assertThat(site.gerve("completion").out()).contains("_complete_gerve", "_gerve_audit_log");
        }
    }

    /** The program reads the annotations of other commands only when it must. */
    @Test
    void commandIsFoundBehindGlobalOptions() throws Exception {
        try (var site = OperatedSite.open(home)) {
            site.must("account", "create", "tom");
            assertThat(site.gerve("--json", "account", "show", "tom").out()).contains("\"tom\"");
            assertThat(site.gerve("acount", "show", "tom").err()).contains("gerve account");
            assertThat(site.gerve("--help", "account").out()).contains("explain", "doctor");
        }
    }

    private Path newKey(String name, String comment) throws IOException, InterruptedException {
        var file = home.resolve(name);
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file.toString())
                .inheritIO()
                .start()
                .waitFor();
        return home.resolve(name + ".pub");
    }
}
