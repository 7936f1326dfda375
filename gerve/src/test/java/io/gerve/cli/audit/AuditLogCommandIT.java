package io.gerve.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.accesslog.AccessLogRecord;
import io.gerve.accesslog.AccessLogWriter;
import io.gerve.accesslog.RequestDecision;
import io.gerve.cli.OperatedSite;
import io.gerve.cli.output.Terminal;
import io.gerve.config.AuditSettings;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.RequestIdGenerator;
import io.gerve.push.PushedRefs;
import io.gerve.push.PushedRefs.RefUpdate;
import io.gerve.push.PushedRefs.Result;
import io.gerve.sql.Database;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AuditLogCommandIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Instant now = Instant.now();

    @TempDir
    private Path home;

    @Test
    void recordsAreListedFilteredExplainedVerifiedAndPruned() throws Exception {
        try (var site = OperatedSite.open(home);
                var database = new Database(site.databaseAs("gerve_gate"))) {
            assertThat(site.must("audit", "log", "verify").err()).contains("No gate has written a record yet");
            site.must("account", "create", "tom");
            AccessLogRecord push =
                    record(now.minus(Duration.ofDays(2)), "git-receive-pack", RequestDecision.ALLOWED, "whatever");
            AccessLogRecord refused = record(now, "", RequestDecision.DENIED, "=cmd|' /C calc'!A0, \"x\"");
            write(database, push, refused);

            assertThat(site.must("audit", "log").out().lines().toList())
                    .hasSize(3)
                    .element(1)
                    .asString()
                    .contains(refused.id().text(), "denied");
            assertThat(site.must("audit", "log", "--limit", "1").err()).contains("There are more");
            assertThat(site.must("audit", "log", "--limit", "2").err()).isEmpty();
            assertThat(site.must("audit", "log", "--oldest-first", "--limit", "1")
                            .out())
                    .contains(push.id().text())
                    .doesNotContain(refused.id().text());
            assertThat(site.must("audit", "log", "--refused", "--account", "tom", "--since", "1d")
                            .out())
                    .contains(refused.id().text())
                    .doesNotContain(push.id().text());
            assertThat(site.must("audit", "log", "--repo", "mojombo/bert", "--address", "192.0.2.7")
                            .out())
                    .contains(push.id().text());
            assertThat(site.must("audit", "log", "--until", "3d").out().lines()).hasSize(1);

            JsonNode json = JsonMapper.shared()
                    .readTree(site.must("audit", "log", "--command", "git-receive-pack", "--format", "json")
                            .out());
            assertThat(json.get("request_id").stringValue()).isEqualTo(push.id().text());
            assertThat(json.get("refs").get(0).stringValue()).contains("refs/heads/main", "updated");
            assertThat(site.must("audit", "log", "--all", "--format", "csv").out())
                    .startsWith("gate,position,previous_hash,record_hash,request_id,")
                    .contains("\"'=cmd|' /C calc'!A0, \"\"x\"\"\"");
            assertThat(site.gerve("audit", "log", "--account", "nobody").status())
                    .isEqualTo(1);
            for (String address : List.of("gate.example", "192.0.7")) {
                assertThat(site.gerve("audit", "log", "--address", address).err())
                        .contains("is not an IP address");
            }
            for (var command : List.of(
                    List.of("--command", "push"),
                    List.of("--command", "käse"),
                    List.of("--limit", "0"),
                    List.of("--refused", "verify"),
                    List.of("--since", "1d", "--until", "2d"))) {
                String[] arguments = Stream.concat(Stream.of("audit", "log"), command.stream())
                        .toArray(String[]::new);
                assertThat(site.gerve(arguments).status()).as("%s", command).isEqualTo(2);
            }

            assertThat(site.must("explain", push.id().text()).out())
                    .containsPattern("then_rule: +owner")
                    .containsPattern("now_rule: +key_unknown");
            assertThat(site.gerve("explain", "0000000000000000").status()).isEqualTo(1);
            assertThat(site.gerve("explain", "nonsense").status()).isEqualTo(2);

            assertThat(site.must("audit", "log", "verify").err()).contains("gate1: records 1 to 2", "unchanged");
            String head = site.must("audit", "log", "head").out().strip();
            assertThat(head).startsWith("gate1:2:");
            site.must("audit", "log", "verify", "--from-head", head);
            var removed = site.gerve("audit", "log", "verify", "--from-head", head.replace("gate1:2", "gate1:3"));
            assertThat(removed.out()).contains("missing", "kept elsewhere");
            assertThat(removed.status()).isEqualTo(1);
            assertThat(site.gerve("audit", "log", "verify", "--from-head", "gate1:x")
                            .status())
                    .isEqualTo(2);
            site.must("account", "create", "mojombo");
            site.repository("mojombo", "bert");
            assertThat(site.must("audit", "log", "--repo", "Mojombo/BERT", "--format", "json")
                            .out()
                            .lines())
                    .hasSize(1);
            var byOperator = site.gerve("audit", "log", "prune", "--older-than", "1d", "--yes");
            assertThat(byOperator.status()).isEqualTo(78);
            assertThat(byOperator.err()).contains("may not do this", "DELETE", "gerve_operator", "--config");
            assertThat(site.prune(Terminal.none(), "--older-than", "1d", "--yes")
                            .err())
                    .startsWith("1 records older than 1d");
            assertThat(site.must("audit", "log", "verify").err()).contains("gate1: records 2 to 2", "unchanged");
            var unconfirmed = site.prune(Terminal.none(), "--older-than", "0d");
            assertThat(unconfirmed.err()).contains("Remove every record of the access log?", "confirm with --yes");
            assertThat(unconfirmed.status()).isEqualTo(1);
            assertThat(site.prune(Terminal.of(_ -> "n"), "--older-than", "1h").status())
                    .isEqualTo(1);
            assertThat(site.must("audit", "changes").out()).contains("access_log_pruned");
            assertThat(site.must("audit", "log", "--all").out().lines()).hasSize(2);
            assertThat(site.prune(Terminal.none(), "--older-than", "0d", "--yes")
                            .err())
                    .startsWith("1 records older than 0ms");

            // The attack: to empty both tables, so that no gate seems to have written a record.
            site.sql("DELETE FROM access_log_chains");
            site.must("audit", "log", "verify");
            var emptied = site.gerve("audit", "log", "verify", "--from-head", head);
            assertThat(emptied.out()).contains("missing", "the gate has no chain any more");
            assertThat(emptied.status()).isEqualTo(1);

            site.configure("[nonsense]", "x = 1");
            assertThat(site.gerve("audit", "log", "verify").status()).isEqualTo(78);
        }
    }

    @Test
    void followPrintsNewRecordsAndCountsUnreadableOnes() throws Exception {
        try (var site = OperatedSite.open(home);
                var database = new Database(site.databaseAs("gerve_gate"))) {
            AccessLogRecord changed = record(now, "git-upload-pack", RequestDecision.ALLOWED, "whatever");
            try (var followed = site.start("audit", "log", "--follow")) {
                await().atMost(TIMEOUT).until(() -> followed.out().toString().contains("REQUEST"));
                write(database, changed);
                await().atMost(TIMEOUT)
                        .until(() ->
                                followed.out().toString().contains(changed.id().text()));
            }
            // A gate without records is followed from its first record, which was changed before it was read.
            site.sql("UPDATE access_log SET refs = 'nonsense'");
            site.sql("DELETE FROM access_log_chains");
            try (var followed = site.start("audit", "log", "--follow")) {
                await().atMost(TIMEOUT).until(() -> followed.out().toString().contains("REQUEST"));
                site.sql("INSERT INTO access_log_chains VALUES ('gate1', 0, REPEAT('0', 32), 1, REPEAT('0', 32))");
                await().atMost(TIMEOUT)
                        .until(() -> followed.err()
                                .toString()
                                .contains("1 record is not as a gate writes it. Run: gerve audit log verify"));
            }
        }
    }

    private void write(Database database, AccessLogRecord... records) throws Exception {
        var settings = new AuditSettings(
                "gate1",
                home.resolve("spool"),
                1,
                10,
                Duration.ofSeconds(30),
                Duration.ofDays(1),
                new AuditSettings.RefusedLogins(60, 10),
                true);
        try (var log = AccessLogWriter.open(settings, database)) {
            List.of(records).forEach(log::write);
        }
    }

    private static AccessLogRecord record(Instant at, String verb, RequestDecision decision, String line) {
        var id = new RequestIdGenerator(() -> at, new SecureRandom()).next();
        String zeros = "0".repeat(40);
        return new AccessLogRecord(
                id,
                id.time(),
                new AccessLogRecord.ClientFields(
                        "ssh", "192.0.2.7", Fingerprint.ofBlob(new byte[] {1}).text(), 1, 1, "tom"),
                new AccessLogRecord.RequestFields(verb, verb.isEmpty() ? "" : "mojombo/bert", line),
                new AccessLogRecord.DecisionFields(decision, "owner", 0, "", "", ""),
                new AccessLogRecord.OutcomeFields(1, 2, 3, "0", "command"),
                verb.isEmpty()
                        ? PushedRefs.NONE
                        : new PushedRefs(
                                PushedRefs.Source.REPORTED,
                                List.of(new RefUpdate("refs/heads/main", zeros, "2".repeat(40), Result.UPDATED, "")),
                                0));
    }
}
