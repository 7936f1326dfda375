package io.gerve.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.cli.ExplainIT;
import io.gerve.cli.OperatedSite;
import io.gerve.cli.output.Terminal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gerve audit} without the access log. */
class AuditCommandIT {
    @TempDir
    private Path home;

    @Test
    void repoAuditListsWhoCanPushAndTheGrantPaths() throws Exception {
        try (var site = OperatedSite.open(home)) {
            populate(site);
            var people = site.must("audit", "repo", "github/bert");
            assertThat(people.out())
                    .containsPattern("PRINCIPAL +KIND +PERMISSION +ROLE +PULL +PUSH +GRANT_PATHS +ISSUES")
                    .containsPattern("defunkt +user +push +admin +organization_owner +organization_owner")
                    .containsPattern(
                            "tom +user +push +write +team +team +team github/core < github/engineers: write, base"
                                    + " permission: read");
            var pushers = site.must("audit", "repo", "github/bert", "--where", "permission=push", "--format", "csv");
            assertThat(pushers.out().lines())
                    .hasSize(3)
                    .anyMatch(line -> line.startsWith("tom,user,push,write,team,team,\"team github/core < "));
            site.must("account", "suspend", "tom", "--reason", "Left");
            var suspended = site.gerve("audit", "repo", "github/bert", "--json", "--where", "principal=t*");
            assertThat(suspended.status()).isEqualTo(1);
            assertThat(suspended.json().get(0).get("permission").stringValue()).isEqualTo("nothing");
            assertThat(suspended.json().get(0).get("issues").get(0).stringValue())
                    .contains("account_suspended");
            assertThat(site.gerve("audit", "repo", "github/none").status()).isEqualTo(1);
        }
    }

    @Test
    void userTeamAndKeyAuditsListRepositories() throws Exception {
        try (var site = OperatedSite.open(home)) {
            populate(site);
            for (int i = 0; i < 12; i++) {
                site.repository("github", "r%02d".formatted(i));
            }
            assertThat(site.must("audit", "user", "tom", "--json").json()).hasSize(13);
            assertThat(site.must("audit", "team", "github/core", "--format", "csv")
                            .out())
                    .contains("github/bert,push,write,team,team,team github/core < github/engineers: write");
            var sorted = site.must("audit", "user", "tom", "--sort", "-role", "--limit", "1", "--json")
                    .json();
            assertThat(sorted.get(0).get("repository").stringValue()).isEqualTo("github/bert");
            assertThat(site.gerve("audit", "user", "tom", "--sort", "nonsense", "--limit", "1")
                            .err())
                    .contains("There is no column nonsense. Columns: repository, permission");
            String unknown = "SHA256:" + "A".repeat(43);
            assertThat(site.gerve("audit", "key", unknown).status()).isEqualTo(1);
            assertThat(site.gerve("audit", "key", unknown, "--weak").status()).isEqualTo(2);
            String key = key(home, site, "--account", "tom");
            assertThat(site.must("audit", "key", key, "--format", "csv").out()).contains("github/bert,push,write");
        }
    }

    @Test
    void auditAtAPastTimeShowsAccessOfThatTime() throws Exception {
        try (var site = OperatedSite.open(home)) {
            populate(site);
            var before = Instant.now().toString();
            site.must("team", "set", "github/core", "--no-parent");
            assertThat(site.must("audit", "user", "tom", "--format", "csv").out())
                    .contains("github/bert,pull,read,base_permission,no: no_write_grant,base permission: read");
            site.must("team", "revoke", "github/engineers", "github/bert");
            site.must("org", "remove-member", "github", "tom");
            assertThat(site.must("audit", "repo", "github/bert", "--json").json())
                    .hasSize(1);
            assertThat(site.must("audit", "repo", "github/bert", "--at", before, "--format", "csv")
                            .out())
                    .contains("team github/core < github/engineers: write");
            assertThat(site.must("audit", "user", "tom", "--at", before, "--json")
                            .json())
                    .hasSize(1);
            var explained =
                    site.must("explain", "--account", "tom", "--repo", "github/bert", "--verb", "push", "--at", before);
            assertThat(explained.out()).containsPattern("rule: +team");
            assertThat(site.gerve("explain", "--account", "tom", "--repo", "github/bert")
                            .status())
                    .isEqualTo(1);
            var early = site.gerve("audit", "repo", "github/bert", "--at", "365d");
            assertThat(early.err()).contains("changes are recorded since");
        }
    }

    @Test
    void progressIsClearedBeforeARowIsPrinted() throws Exception {
        try (var site = OperatedSite.open(home)) {
            populate(site);
            site.sql("CREATE TABLE numbers (n INT)");
            site.sql("INSERT INTO numbers VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
            site.sql("INSERT INTO repositories (owner_id, name, visibility, created_at)"
                    + " SELECT id, CONCAT('n', a.n, b.n, c.n, d.n), 'private', UTC_TIMESTAMP(6)"
                    + " FROM accounts, numbers a, numbers b, numbers c, numbers d WHERE login = 'github' AND a.n = 1");
            var run = site.gerve(Terminal.of(_ -> ""), "audit", "user", "tom", "--where", "repository=*/n1999");
            assertThat(run.err()).contains("\r1000 rows examined").endsWith("\r");
            assertThat(run.out()).contains("github/n1999");
        }
    }

    @Test
    void changesAndDiffShowWhoChangedWhat() throws Exception {
        try (var site = OperatedSite.open(home)) {
            populate(site);
            var before = Instant.now().toString();
            site.must("collaborator", "add", "github/bert", "scott", "--role", "admin", "--actor", "eve");
            site.must("org", "remove-member", "github", "tom");
            var changes = site.must("audit", "changes", "--repo", "github/bert", "--since", before, "--json")
                    .json();
            assertThat(changes).hasSize(1);
            assertThat(changes.get(0).get("actor").stringValue()).isEqualTo("eve");
            assertThat(changes.get(0).get("account").stringValue()).isEqualTo("scott");
            assertThat(changes.get(0).get("after").stringValue()).isEqualTo("admin");
            assertThat(site.must("audit", "changes", "--where", "kind=team_*").out())
                    .contains("team_parent", "team_member", "github/core");
            assertThat(site.gerve("audit", "changes", "--account", "tom", "--repo", "github/bert")
                            .status())
                    .isEqualTo(2);
            for (var scope : List.of(List.<String>of(), List.of("--repo", "github/bert"))) {
                var diff = site.gerve(
                        Stream.concat(Stream.of("audit", "diff", "--from", before, "--format", "csv"), scope.stream())
                                .toArray(String[]::new));
                assertThat(diff.out())
                        .contains("github/bert,scott,user,gained,,\"push, admin\",,collaborator: admin")
                        .contains("github/bert,tom,user,lost,\"push, write\",,");
                assertThat(diff.status()).isEqualTo(1);
            }
            assertThat(site.gerve("audit", "diff", "--from", before, "--account", "tom")
                            .out())
                    .containsPattern("tom +user +lost +push, write");
            assertThat(site.must("audit", "diff", "--from", before, "--account", "defunkt", "--json")
                            .json())
                    .isEmpty();
        }
    }

    /** Attack: a user takes the login everybody, to hide in the diff that a repository was made public. */
    @Test
    void userNamedEverybodyDiffersFromThePublicByKind() throws Exception {
        try (var site = OperatedSite.open(home)) {
            populate(site);
            site.must("account", "create", "everybody");
            var before = Instant.now().toString();
            site.must("collaborator", "add", "github/bert", "everybody", "--role", "read");
            site.must("repo", "set", "github/bert", "--visibility", "public");
            String[] diff = {"audit", "diff", "--from", before, "--where", "principal=everybody"};
            assertThat(site.gerve(with(diff, "--format", "csv")).out().lines())
                    .hasSize(3)
                    .anyMatch(line -> line.startsWith("github/bert,everybody,everybody,gained,"))
                    .anyMatch(line -> line.startsWith("github/bert,everybody,user,gained,"));
            assertThat(site.gerve(diff).out()).containsPattern("PRINCIPAL +KIND +CHANGE");
            assertThat(site.gerve(with(diff, "--where", "kind=everybody", "--json"))
                            .json())
                    .hasSize(1)
                    .allMatch(row -> row.get("kind").stringValue().equals("everybody"));
        }
    }

    @Test
    void expiredDeployKeyIsLostAccessAlsoAfterItsDeletion() throws Exception {
        try (var site = OperatedSite.open(home)) {
            populate(site);
            var key = key(home, site, "--repo", "github/bert");
            var before = Instant.now().toString();
            site.sql("UPDATE public_keys SET expires_at = UTC_TIMESTAMP(6)");
            var after = Instant.now().toString();
            for (var isDeleted : List.of(false, true)) {
                if (isDeleted) {
                    site.must("key", "delete", key);
                }
                assertThat(site.gerve("audit", "diff", "--from", before, "--to", after, "--format", "csv")
                                .out())
                        .as("deleted: %s", isDeleted)
                        .contains("github/bert," + key + ",deploy_key,lost,\"pull, read\",\"nothing, read\"");
            }
        }
    }

    @Test
    void keysServersAndRoutesWithIssuesAreListed() throws Exception {
        try (var site = OperatedSite.open(home)) {
            populate(site);
            assertThat(site.must("audit", "key").out()).containsPattern("FINGERPRINT +ISSUE");
            var key = key(home, site, "--account", "tom");
            site.sql("UPDATE public_keys SET created_at = '2020-01-01', expires_at = '2020-06-01'");
            assertThat(site.gerve("key", "add", home.resolve("tom.pub").toString(), "--account", "scott")
                            .status())
                    .isEqualTo(1);
            site.must("account", "suspend", "tom", "--reason", "Left");
            var found = site.gerve("audit", "key", "--format", "csv");
            assertThat(found.status()).isEqualTo(1);
            assertThat(found.out().lines().skip(1))
                    .hasSize(4)
                    .allMatch(line -> line.startsWith(key + ","))
                    .anyMatch(line -> line.contains(",never_used,tom,"))
                    .anyMatch(line -> line.contains(",expired,tom,"))
                    .anyMatch(line -> line.contains(",suspended_owner,tom,"))
                    .anyMatch(line -> line.contains(",duplicate,tom,") && line.contains("for account scott"));
            assertPagesAreTheWholeResult(site, 1, "audit", "key");
            site.sql("UPDATE public_keys SET last_used_at = '2020-02-01'");
            assertThat(site.gerve("audit", "key", "--stale", "365d", "--json").json())
                    .hasSize(1);
            site.must("audit", "key", "--stale", "2020-01-15");

            assertThat(site.gerve("audit", "server").out()).containsPattern("fs1 +4 +fs1a +has no standby");
            site.must("audit", "routes");
            site.sql("DELETE FROM routes");
            assertThat(site.gerve("audit", "routes", "--where", "repositories=1", "--json")
                            .json()
                            .get(0)
                            .get("owner")
                            .stringValue())
                    .isEqualTo("github");
        }
    }

    @Test
    void pagesTogetherAreTheWholeResult() throws Exception {
        try (var site = OperatedSite.open(home)) {
            var before = Instant.now().toString();
            populate(site);
            for (int i = 0; i < 3; i++) {
                site.repository("github", "r%02d".formatted(i));
                site.sql("INSERT INTO public_keys (account_id, algorithm, bits, key_blob, fingerprint, title,"
                        + " created_at, last_used_at)"
                        + " SELECT id, 'ssh-ed25519', 256, '', UNHEX(SHA2(CONCAT('k', " + i
                        + "), 256)), 'k', '2020-01-01', '2020-06-01'"
                        + " FROM accounts WHERE login = 'tom'");
            }
            site.must("team", "grant", "github/engineers", "github/r01", "write");
            site.must("collaborator", "add", "github/bert", "scott", "--role", "admin");
            assertPagesAreTheWholeResult(site, 5, "audit", "changes");
            assertPagesAreTheWholeResult(site, 4, "audit", "changes", "--account", "github");
            assertPagesAreTheWholeResult(site, 2, "audit", "routes");
            assertPagesAreTheWholeResult(site, 2, "audit", "user", "tom");
            assertPagesAreTheWholeResult(site, 2, "audit", "key", "--stale", "365d");
            assertPagesAreTheWholeResult(site, 1, "audit", "repo", "github/bert");
            assertPagesAreTheWholeResult(site, 1, "audit", "team", "github/core");
            assertPagesAreTheWholeResult(site, 1, "audit", "diff", "--from", before, "--repo", "github/bert");
            assertPagesAreTheWholeResult(site, 1, "audit", "diff", "--from", before);
            assertThat(site.gerve("audit", "user", "tom", "--after", "github/none"))
                    .satisfies(run ->
                            assertThat(run.err()).contains("--after takes the cursor that the page before printed"))
                    .satisfies(run -> assertThat(run.status()).isEqualTo(2));
            assertThat(site.gerve("audit", "changes", "--after", "4711").status())
                    .isEqualTo(1);
            assertThat(site.gerve("audit", "routes", "--after", "nobody").status())
                    .isEqualTo(1);
            assertThat(site.gerve("audit", "key", "--expired", "--after", "stale:0:0")
                            .err())
                    .contains("continues a search for other issues");
            assertThat(site.gerve("audit", "key", "--after", "SHA256:").status())
                    .isEqualTo(2);
        }
    }

    /** The next page continues after a row, whether or not the row still exists. */
    @Test
    void grantRevokedBetweenTwoPagesHidesNoOtherRow() throws Exception {
        try (var site = OperatedSite.open(home)) {
            populate(site);
            site.must("collaborator", "add", "github/bert", "scott", "--role", "read");
            var first = site.must("audit", "repo", "github/bert", "--limit", "2", "--json");
            assertThat(first.json().get(1).get("principal").stringValue()).isEqualTo("tom");
            site.must("org", "remove-member", "github", "tom");
            var next = site.must("audit", "repo", "github/bert", "--json", "--after", nextPage(first));
            assertThat(next.json()).hasSize(1);
            assertThat(next.json().get(0).get("principal").stringValue()).isEqualTo("scott");
        }
    }

    /** A key that is used between two pages changes its place in the order. The next page starts at the old place. */
    @Test
    void keyUsedBetweenTwoPagesHidesNoOtherRow() throws Exception {
        try (var site = OperatedSite.open(home)) {
            populate(site);
            for (int i = 1; i <= 3; i++) {
                site.sql("INSERT INTO public_keys (id, account_id, algorithm, bits, key_blob, fingerprint, title,"
                        + " created_at, last_used_at)"
                        + " SELECT " + i + ", id, 'ssh-ed25519', 256, '', UNHEX(SHA2(" + i + ", 256)), 'k" + i
                        + "', '2020-01-01', '2020-06-01' FROM accounts WHERE login = 'tom'");
            }
            var first = site.gerve("audit", "key", "--stale", "365d", "--limit", "1", "--json");
            site.sql("UPDATE public_keys SET last_used_at = UTC_TIMESTAMP(6) WHERE id = 1");
            site.sql("UPDATE public_keys SET revoked_at = UTC_TIMESTAMP(6) WHERE id = 2");
            var next = site.gerve("audit", "key", "--stale", "365d", "--json", "--after", nextPage(first));
            assertThat(next.json()).hasSize(1);
            assertThat(next.json().get(0).get("title").stringValue()).isEqualTo("k3");
        }
    }

    private static void assertPagesAreTheWholeResult(OperatedSite site, int limit, String... question) {
        String[] cut = with(question, "--limit", Integer.toString(limit), "--json");
        List<String> rows = new ArrayList<>();
        var page = site.gerve(cut);
        while (page.json().size() == limit) {
            page.json().forEach(row -> rows.add(row.toString()));
            page = site.gerve(with(cut, "--after", nextPage(page)));
        }
        page.json().forEach(row -> rows.add(row.toString()));
        List<String> whole = new ArrayList<>();
        site.gerve(with(question, "--json")).json().forEach(row -> whole.add(row.toString()));
        assertThat(whole).hasSizeGreaterThan(limit);
        assertThat(rows).isEqualTo(whole);
    }

    private static String nextPage(OperatedSite.Run page) {
        return page.err()
                .lines()
                .filter(line -> line.startsWith("Next page: --after "))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElseThrow();
    }

    private static String[] with(String[] question, String... options) {
        return Stream.concat(Stream.of(question), Stream.of(options)).toArray(String[]::new);
    }

    /** Adds a new key to an account or repository, and returns its fingerprint. */
    static String key(Path home, OperatedSite site, String option, String holder) throws Exception {
        var file = home.resolve(holder.replace('/', '-'));
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "=1+1", "-f", file.toString())
                .inheritIO()
                .start()
                .waitFor();
        return site.must("key", "add", file + ".pub", option, holder, "--json")
                .json()
                .get("fingerprint")
                .stringValue();
    }

    static void populate(OperatedSite site) {
        site.must("server", "create", "fs1", "fs1a", "127.0.0.1", "--host-key", ExplainIT.HOST_KEY);
        site.must("account", "create", "defunkt");
        site.must("account", "create", "tom");
        site.must("account", "create", "scott");
        site.must("org", "create", "github", "--owner", "defunkt");
        site.must("org", "set", "github", "--base-permission", "read");
        site.must("org", "add-member", "github", "tom");
        site.must("team", "create", "github/engineers");
        site.must("team", "create", "github/core", "--parent", "github/engineers");
        site.must("team", "add-member", "github/core", "tom");
        site.repository("github", "bert");
        site.must("team", "grant", "github/engineers", "github/bert", "write");
    }
}
