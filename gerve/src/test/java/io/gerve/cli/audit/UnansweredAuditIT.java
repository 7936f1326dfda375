package io.gerve.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.cli.ExplainIT;
import io.gerve.cli.OperatedSite;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Audits that are refused, and audits with an empty result. */
class UnansweredAuditIT {
    @TempDir
    private Path home;

    /** A refused audit prints no rows: an empty table would look like a result. */
    @Test
    void refusedAuditPrintsAMessageAndNoRows() throws Exception {
        try (var site = OperatedSite.open(home)) {
            assertRefused(site, "no change is recorded yet", "audit", "user", "tom", "--at", "1d", "--json");
            assertRefused(site, "There is no account tom", "audit", "user", "tom");
            assertRefused(site, "There is no repository a/b", "audit", "repo", "a/b", "--format", "csv");
            assertUsageError(site, "in the future", "audit", "user", "tom", "--at", "2999-01-01");
            assertUsageError(site, "See: gerve audit diff --help", "audit", "diff", "--from", "1d", "--to", "2d");
            assertUsageError(
                    site, "--since is later than --until", "audit", "changes", "--since", "1d", "--until", "2d");
            assertUsageError(site, "For every row use --all", "audit", "key", "--limit", "-1");
        }
    }

    /** An empty result for a mistyped name would say that nothing was changed or requested. */
    @Test
    void unknownSubjectIsRefused() throws Exception {
        try (var site = OperatedSite.open(home)) {
            AuditCommandIT.populate(site);
            String key = "SHA256:" + "A".repeat(43);
            var names = Map.of(
                    List.of("--account", "nope"), "There is no account nope",
                    List.of("--repo", "github/nope"), "There is no repository github/nope",
                    List.of("--team", "github/nope"), "There is no team github/nope",
                    List.of("--team", "nope/core"), "There is no team nope/core",
                    List.of("--key", key), "There is no key " + key,
                    List.of("--server", "fs"), "There is no file server fs",
                    List.of("--server", "fs%"), "There is no file server fs%",
                    List.of("--server", "käse"), "There is no file server käse");
            names.forEach((name, why) ->
                    assertRefused(site, why, "audit", "changes", name.getFirst(), name.getLast(), "--format", "csv"));
            assertRefused(site, "There is no change 4711", "audit", "changes", "--server", "fs1", "--after", "4711");
            assertRefused(site, "There is no change 4711", "audit", "changes", "--account", "tom", "--after", "4711");
            assertRefused(site, "was no account nope", "audit", "diff", "--from", "1d", "--account", "nope");
            assertRefused(site, "was no repository a/b", "audit", "diff", "--from", "1d", "--repo", "a/b");
            assertRefused(site, "There is no account nope", "audit", "log", "--account", "nope");
            assertRefused(site, "There is no repository a/b", "audit", "log", "--repo", "a/b");
            assertRefused(site, "There is no key " + key, "audit", "log", "--key", key);
        }
    }

    @Test
    void existingOrDeletedSubjectHasItsChanges() throws Exception {
        try (var site = OperatedSite.open(home)) {
            AuditCommandIT.populate(site);
            var key = AuditCommandIT.key(home, site, "--account", "tom");
            site.must("key", "delete", key);
            site.must("server", "create", "fs2", "fs2a", "127.0.0.1", "--host-key", ExplainIT.HOST_KEY);
            site.must("server", "delete", "fs2");
            site.sql("INSERT INTO file_servers (name, created_at) VALUES ('fs3', UTC_TIMESTAMP(6))");
            site.sql("INSERT INTO grant_changes (changed_at, actor, program, kind, before_value, after_value)"
                    + " VALUES (UTC_TIMESTAMP(6), 'eve', 'cli', 'route', 'fs4', 'fs5')");
            site.sql("INSERT INTO grant_changes (changed_at, actor, program, kind, repository_id, before_value)"
                    + " VALUES (UTC_TIMESTAMP(6), 'eve', 'cli', 'repository', 4711, 'github/gone')");
            var changes = Map.of(
                    List.of("--key", key), 2,
                    List.of("--server", "fs2"), 4,
                    List.of("--server", "FS2"), 4,
                    List.of("--server", "fs3"), 0,
                    List.of("--server", "fs4"), 1,
                    List.of("--server", "fs5"), 1,
                    List.of("--repo", "github/gone"), 1);
            changes.forEach(
                    (name, count) -> assertThat(site.must("audit", "changes", name.getFirst(), name.getLast(), "--json")
                                    .json())
                            .as("%s", name)
                            .hasSize(count));
            for (var name : List.of(
                    List.of("--key", key), List.of("--repo", "github/gone"), List.of("--repo", "github/bert"))) {
                assertThat(site.must("audit", "log", name.getFirst(), name.getLast())
                                .out()
                                .lines())
                        .as("%s", name)
                        .hasSize(1);
            }
        }
    }

    private static void assertRefused(OperatedSite site, String why, String... command) {
        assertFails(site, 1, why, command);
    }

    private static void assertUsageError(OperatedSite site, String why, String... command) {
        assertFails(site, 2, why, command);
    }

    private static void assertFails(OperatedSite site, int status, String why, String... command) {
        assertThat(site.gerve(command))
                .as(String.join(" ", command))
                .satisfies(run -> assertThat(run.status()).isEqualTo(status))
                .satisfies(run -> assertThat(run.out()).isEmpty())
                .satisfies(run -> assertThat(run.err()).contains(why));
    }
}
