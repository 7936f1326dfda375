package io.gerve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gerve explain}: the decision of the gate, rule by rule. */
public class ExplainIT {
    public static final String HOST_KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN1YdxBpNlzxDqfJyw/QKow1F+wvG9hXGoqiysfJOn5Y";

    @TempDir
    private Path home;

    @Test
    void everyRuleThatWasTriedIsPrintedWithItsFact() throws Exception {
        try (var site = OperatedSite.open(home)) {
            populate(site);
            var allowed = site.must("explain", "--account", "mojombo", "--repo", "mojombo/bert", "--verb", "push");
            assertThat(allowed.out())
                    .contains("allowed", "owner", "fs1", "fs1a", "a/a8/e2/95/mojombo/bert.git", "account_suspended")
                    .containsPattern("site_read_only +no +the site takes pushes")
                    .containsPattern("repository and rights +\\d");

            var denied =
                    site.gerve("explain", "--account", "tom", "--repo", "mojombo/bert", "--verb", "push", "--json");
            assertThat(denied.status()).isEqualTo(1);
            var explained = denied.json();
            assertThat(explained.get("rule").stringValue()).isEqualTo("no_write_grant");
            assertThat(explained.get("message").stringValue())
                    .isEqualTo("ERROR: Permission to mojombo/bert.git denied to tom.");
            assertThat(explained.get("exit_status").intValue()).isEqualTo(128);
            assertThat(explained
                            .get("rules")
                            .valueStream()
                            .map(rule -> rule.get("rule").stringValue()))
                    .containsExactly(
                            "key_revoked",
                            "key_expired",
                            "account_suspended",
                            "repository_unknown",
                            "owner",
                            "collaborator",
                            "organization_owner",
                            "public",
                            "no_write_grant");
            assertThat(explained.get("rules").get(5).get("fact").stringValue()).isEqualTo("has read");
        }
    }

    @Test
    void keyIsLookedUpAndItsRevocationIsPrinted() throws Exception {
        try (var site = OperatedSite.open(home)) {
            populate(site);
            var fingerprint = key(site);
            assertThat(site.must("explain", "--key", fingerprint, "--repo", "mojombo/bert")
                            .out())
                    .contains("collaborator");
            site.must("key", "revoke", fingerprint, "--reason", "Laptop lost");
            var revoked = site.gerve("explain", "--key", fingerprint, "--repo", "mojombo/bert");
            assertThat(revoked.status()).isEqualTo(1);
            assertThat(revoked.out()).contains("key_revoked", "Laptop lost", "Please use another key");
            var unknown =
                    site.gerve("explain", "--key", "SHA256:" + "A".repeat(43), "--repo", "mojombo/bert", "--json");
            assertThat(unknown.json().get("rule").stringValue()).isEqualTo("key_unknown");
            assertThat(site.gerve("explain", "--account", "tom", "--repo", "mojombo/none")
                            .out())
                    .contains("repository_unknown", "ERROR: Repository not found.");
            assertThat(site.gerve("explain", "--account", "nobody", "--repo", "mojombo/bert")
                            .err())
                    .contains("There is no account nobody");
        }
    }

    private static void populate(OperatedSite site) {
        site.must("server", "create", "fs1", "fs1a", "127.0.0.1", "--host-key", HOST_KEY);
        site.must("account", "create", "mojombo");
        site.must("account", "create", "tom");
        site.repository("mojombo", "bert");
        site.must("collaborator", "add", "mojombo/bert", "tom", "--role", "read");
    }

    private String key(OperatedSite site) throws Exception {
        var file = home.resolve("laptop");
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "laptop", "-f", file.toString())
                .inheritIO()
                .start()
                .waitFor();
        assertThat(Files.exists(home.resolve("laptop.pub"))).isTrue();
        return site.must("key", "add", file + ".pub", "--account", "tom", "--json")
                .json()
                .get("fingerprint")
                .stringValue();
    }
}
