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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tests share one site with three records and must not change its access log. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditLogCommandIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Instant now = Instant.now();

    /** Of a repository that does not exist. */
    private final AccessLogRecord push =
            record(now.minus(Duration.ofDays(2)), "git-receive-pack", "mojombo/bert", RequestDecision.ALLOWED);

    private final AccessLogRecord fetch =
            record(now.minus(Duration.ofHours(3)), "git-upload-pack", "tom/site", RequestDecision.ALLOWED);

    private final AccessLogRecord refused = record(now, "", "", RequestDecision.DENIED);
    private OperatedSite site;

    @TempDir
    private Path home;

    @BeforeAll
    void start(@TempDir Path shared) throws Exception {
        site = OperatedSite.open(shared);
        site.must("account", "create", "tom");
        site.repository("tom", "site");
        try (var database = new Database(site.databaseAs("gerve_gate"))) {
            write(shared, database, push, fetch, refused);
        }
    }

    @AfterAll
    void stop() {
        site.close();
    }

    @Test
    void newestRecordIsListedFirst() {
        assertThat(site.must("audit", "log").out().lines().toList())
                .hasSize(4)
                .element(1)
                .asString()
                .contains(refused.id().text(), "denied");
    }

    @Test
    void oldestRecordIsListedFirstIfAskedFor() {
        assertListed(push, "--oldest-first", "--limit", "1");
    }

    @Test
    void listThatTheLimitCutSaysThatThereAreMore() {
        assertThat(site.must("audit", "log", "--limit", "2").err()).contains("There are more");
        assertThat(site.must("audit", "log", "--limit", "3").err()).isEmpty();
    }

    @Test
    void onlyRecordsThatMatchEveryFilterAreListed() {
        assertListed(refused, "--refused", "--account", "tom", "--since", "1d");
        assertListed(push, "--repo", "mojombo/bert", "--address", "192.0.2.7");
        assertListed(fetch, "--repo", "Tom/SITE");
        assertThat(site.must("audit", "log", "--until", "3d").out().lines()).hasSize(1);
    }

    private void assertListed(AccessLogRecord record, String... options) {
        String[] command =
                Stream.concat(Stream.of("audit", "log"), Stream.of(options)).toArray(String[]::new);
        assertThat(site.must(command).out().lines().skip(1))
                .singleElement()
                .asString()
                .contains(record.id().text());
    }

    @Test
    void jsonHasTheRefsOfAPush() {
        JsonNode json = JsonMapper.shared()
                .readTree(site.must("audit", "log", "--command", "git-receive-pack", "--format", "json")
                        .out());
        assertThat(json.get("request_id").stringValue()).isEqualTo(push.id().text());
        assertThat(json.get("refs").get(0).stringValue()).contains("refs/heads/main", "updated");
    }

    /** Attack: a request that a spreadsheet would run as a formula. */
    @Test
    void csvQuotesFormulas() {
        assertThat(site.must("audit", "log", "--all", "--format", "csv").out())
                .startsWith("gate,position,previous_hash,record_hash,request_id,")
                .contains("\"'=cmd|' /C calc'!A0, \"\"x\"\"\"");
    }

    @Test
    void unknownAccountIsRefused() {
        assertThat(site.gerve("audit", "log", "--account", "nobody").status()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gate.example", "192.0.7"})
    void addressThatIsNoIpAddressIsAUsageError(String address) {
        var run = site.gerve("audit", "log", "--address", address);
        assertThat(run.err()).contains("is not an IP address");
        assertThat(run.status()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--command push",
                "--command käse",
                "--limit 0",
                "--refused verify",
                "--since 1d --until 2d",
                "verify --from-head gate1:x"
            })
    void optionsThatCannotBeMeantAreAUsageError(String options) {
        assertThat(site.gerve(("audit log " + options).split(" ", -1)).status()).isEqualTo(2);
    }

    @Test
    void explainShowsTheRuleThenAndNow() {
        assertThat(site.must("explain", push.id().text()).out())
                .containsPattern("then_rule: +owner")
                .containsPattern("now_rule: +key_unknown");
        assertThat(site.gerve("explain", "0000000000000000").status()).isEqualTo(1);
        assertThat(site.gerve("explain", "nonsense").status()).isEqualTo(2);
    }

    @Test
    void verifyFindsTheRecordsUnchanged() {
        assertThat(site.must("audit", "log", "verify").err()).contains("gate1: records 1 to 3", "unchanged");
    }

    @Test
    void verifyFindsThatAKeptHeadIsMissing() {
        String head = site.must("audit", "log", "head").out().strip();
        assertThat(head).startsWith("gate1:3:");
        site.must("audit", "log", "verify", "--from-head", head);
        var removed = site.gerve("audit", "log", "verify", "--from-head", head.replace("gate1:3", "gate1:4"));
        assertThat(removed.out()).contains("missing", "kept elsewhere");
        assertThat(removed.status()).isEqualTo(1);
    }

    @Test
    void wrongConfigurationHasItsOwnExitStatus() throws Exception {
        try (var other = OperatedSite.open(home)) {
            other.configure("[nonsense]", "x = 1");
            assertThat(other.gerve("audit", "log", "verify").status()).isEqualTo(78);
        }
    }

    @Test
    void operatorCannotPrune() {
        var byOperator = site.gerve("audit", "log", "prune", "--older-than", "1d", "--yes");
        assertThat(byOperator.err()).contains("may not do this", "DELETE", "gerve_operator", "--config");
        assertThat(byOperator.status()).isEqualTo(78);
        assertThat(site.must("audit", "changes").out()).doesNotContain("access_log_pruned");
        assertThat(site.must("audit", "log").out().lines()).hasSize(4);
    }

    @Test
    void pruneOfYoungRecordsNeedsAConfirmation() throws Exception {
        var unconfirmed = site.prune(Terminal.none(), "--older-than", "0d");
        assertThat(unconfirmed.err()).contains("Remove every record of the access log?", "confirm with --yes");
        assertThat(unconfirmed.status()).isEqualTo(1);
        assertThat(site.prune(Terminal.of(_ -> "n"), "--older-than", "1h").status())
                .isEqualTo(1);
        assertThat(site.must("audit", "log").out().lines()).hasSize(4);
    }

    @Test
    void pruneRemovesOlderRecordsAndTheRestCanBeVerified() throws Exception {
        try (var pruned = OperatedSite.open(home);
                var database = new Database(pruned.databaseAs("gerve_gate"))) {
            assertThat(pruned.must("audit", "log", "verify").err()).contains("No gate has written a record yet");
            write(home, database, push, refused);
            assertThat(pruned.prune(Terminal.none(), "--older-than", "1d", "--yes")
                            .err())
                    .startsWith("1 records older than 1d");
            assertThat(pruned.must("audit", "log", "verify").err()).contains("gate1: records 2 to 2", "unchanged");
            assertThat(pruned.must("audit", "log", "--all").out().lines()).hasSize(2);
            assertThat(pruned.must("audit", "changes").out()).contains("access_log_pruned");
            assertThat(pruned.prune(Terminal.none(), "--older-than", "0d", "--yes")
                            .err())
                    .startsWith("1 records older than 0ms");
        }
    }

    /** The attack: to empty both tables, so that no gate seems to have written a record. */
    @Test
    void keptHeadShowsThatBothTablesWereEmptied() throws Exception {
        try (var attacked = OperatedSite.open(home);
                var database = new Database(attacked.databaseAs("gerve_gate"))) {
            write(home, database, push, refused);
            String head = attacked.must("audit", "log", "head").out().strip();
            attacked.sql("DELETE FROM access_log");
            attacked.sql("DELETE FROM access_log_chains");
            attacked.must("audit", "log", "verify");

            var emptied = attacked.gerve("audit", "log", "verify", "--from-head", head);

            assertThat(emptied.out()).contains("missing", "the gate has no chain any more");
            assertThat(emptied.status()).isEqualTo(1);
        }
    }

    @Test
    void followPrintsNewRecordsAndCountsUnreadableOnes() throws Exception {
        try (var written = OperatedSite.open(home);
                var database = new Database(written.databaseAs("gerve_gate"))) {
            try (var followed = written.start("audit", "log", "--follow")) {
                await().atMost(TIMEOUT).until(() -> followed.out().toString().contains("REQUEST"));
                write(home, database, fetch);
                await().atMost(TIMEOUT)
                        .until(() ->
                                followed.out().toString().contains(fetch.id().text()));
            }
            // A gate without records is followed from its first record, which was changed before it was read.
            written.sql("UPDATE access_log SET refs = 'nonsense'");
            written.sql("DELETE FROM access_log_chains");
            try (var followed = written.start("audit", "log", "--follow")) {
                await().atMost(TIMEOUT).until(() -> followed.out().toString().contains("REQUEST"));
                written.sql("INSERT INTO access_log_chains VALUES ('gate1', 0, REPEAT('0', 32), 1, REPEAT('0', 32))");
                await().atMost(TIMEOUT)
                        .until(() -> followed.err()
                                .toString()
                                .contains("1 record is not as a gate writes it. Run: gerve audit log verify"));
            }
        }
    }

    private static void write(Path home, Database database, AccessLogRecord... records) throws Exception {
        var settings = new AuditSettings(
                "gate1",
                home.resolve("spool"),
                1,
                10,
                Duration.ofSeconds(30),
                Duration.ofDays(1),
                new AuditSettings.RefusedLogins(60, 10),
                30,
                true);
        try (var log = AccessLogWriter.open(settings, database)) {
            List.of(records).forEach(log::write);
        }
    }

    private static AccessLogRecord record(Instant at, String verb, String repository, RequestDecision decision) {
        var id = new RequestIdGenerator(() -> at, new SecureRandom()).next();
        String zeros = "0".repeat(40);
        return new AccessLogRecord(
                id,
                id.time(),
                new AccessLogRecord.ClientFields(
                        "ssh", "192.0.2.7", Fingerprint.ofBlob(new byte[] {1}).text(), 1, 1, "tom"),
                new AccessLogRecord.RequestFields(verb, repository, "=cmd|' /C calc'!A0, \"x\""),
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
