package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.testbed.process.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Tests that every request is recorded once, across outages, and that a changed record is detected. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AccessLogEndToEndIT {
    private static final Pattern LOGGED = Pattern.compile("RequestLog: session request_id=([0-9a-hjkmnp-tv-z]{16}) ");
    private static final Duration CACHE_TTL = Duration.ofSeconds(2);

    private final Path folder;
    private final RunningMariaDb mariaDb;
    private final RunningRedis redis;
    private final RunningGate gate;
    private String repository = "";

    AccessLogEndToEndIT(@TempDir Path folder) throws Exception {
        this.folder = folder.resolve("site");
        mariaDb = RunningMariaDb.start(folder.resolve("mariadb"));
        redis = RunningRedis.start(folder.resolve("redis"));
        gate = RunningGate.start(this.folder, mariaDb, redis, CACHE_TTL);
    }

    @BeforeAll
    void makeRepository() throws Exception {
        repository = gate.newRepositoryWithHistory();
    }

    @AfterAll
    void stop() throws Exception {
        gate.close();
        redis.close();
        mariaDb.close();
    }

    @Test
    @Order(1)
    void pushIsRecordedWithItsRefUpdates() throws Exception {
        gate.shell()
                .run("cd '%s' && echo 2 > file && git commit -qam second && git push -q origin main main:other"
                        .formatted(repository))
                .orThrow();
        String before =
                gate.git("-C " + repository + " rev-parse HEAD~1").output().strip();
        String after = gate.git("-C " + repository + " rev-parse HEAD").output().strip();
        gate.shell()
                .run("cd '%s' && git push -q origin main~1:other"
                        .formatted(repository)); // Not a fast-forward, so the client does not send the update.

        await().untilAsserted(() -> {
            String log = gate.cli("audit log --repo " + repository + " --command git-receive-pack --format json")
                    .output();
            assertThat(log)
                    .contains("refs/heads/main " + before + ".." + after + " updated")
                    .contains("refs/heads/other " + "0".repeat(40) + ".." + after + " updated")
                    .contains("\"exit_status\":\"0\"");
        });
    }

    @Test
    @Order(1)
    void refNamesInLatin1StayDifferent() throws Exception {
        gate.shell()
                .run(
                        "cd '%s' && for name in 351 350; do git update-ref \"$(printf \"refs/heads/caf\\\\$name\")\" HEAD; done"
                                        .formatted(repository)
                                + " && git push -q origin 'refs/heads/caf*'")
                .orThrow();
        await().untilAsserted(() -> assertThat(
                        gate.cli("audit log --account mojombo --format csv").output())
                .contains("refs/heads/caf\\xe9 ", "refs/heads/caf\\xe8 "));
    }

    /** The file server refuses a ref update that the gate allowed. The record has the result of each ref. */
    @Test
    @Order(2)
    void refRefusedByTheFileServerIsRecordedAsRefused() throws Exception {
        gate.shell()
                .run("git -C '%s' config receive.denyDeletes true".formatted(gate.onDisk(repository)))
                .orThrow();
        CommandResult push = gate.git("-C " + repository + " push -q origin :other main:third");
        assertThat(push.succeeded()).isFalse();

        await().untilAsserted(() -> assertThat(
                        gate.cli("audit log --account mojombo --format csv").output())
                .containsPattern("refs/heads/other [0-9a-f]{40}\\.\\.0{40} refused deletion prohibited")
                .containsPattern("refs/heads/third 0{40}\\.\\.[0-9a-f]{40} updated"));
    }

    @Test
    @Order(3)
    void recordsOfAnOutageAreDeliveredOnceAlthoughTheGateWasKilled() throws Exception {
        makeRequests();
        mariaDb.kill();
        makeRequests();
        await().until(() -> !spooled().isEmpty());
        makeRequests();
        // Right after the last request, whose record is only in the spool.
        gate.gate().program().kill();
        gate.site().startGateAgain();
        mariaDb.restart();

        List<String> logged = logged();
        assertThat(logged).hasSizeGreaterThan(10);
        await().untilAsserted(() -> {
            assertThat(recordedIds()).containsExactlyInAnyOrderElementsOf(logged);
            assertThat(spooled()).isEmpty();
        });
        CommandResult verified = gate.cli("audit log verify");
        assertThat(verified.output()).contains("unchanged");
    }

    @Test
    @Order(4)
    void refusedLoginIsRecordedWithKeyUserNameAndAddress() throws Exception {
        String fingerprint = fingerprintOf(gate.newKey("stranger"));
        // While a look-up of the key does not succeed, as after an outage, the gate does not refuse the login.
        await().untilAsserted(
                        () -> assertThat(gate.ssh("stranger", "").output()).contains("Permission denied"));
        gate.ssh("mojombo", "-T -l root", "");

        await().untilAsserted(() -> {
            // First, since --key refuses an unregistered key until a record has it.
            assertThat(gate.cli("audit log --refused --command login --format csv")
                            .output())
                    .contains(fingerprint)
                    .contains(",log in as root,denied,user_unknown,");
            assertThat(gate.cli("audit log --refused --key " + fingerprint + " --format csv")
                            .output())
                    .contains(",ssh,127.0.0.1," + fingerprint + ",")
                    .contains(",login,,0,log in as git,denied,key_not_registered,");
        });
    }

    private String fingerprintOf(Path key) throws Exception {
        return gate.shell()
                .run("ssh-keygen -lf '%s'".formatted(key))
                .orThrow()
                .output()
                .split(" ", 3)[1];
    }

    @Test
    @Order(5)
    void changedRecordIsDetected() throws Exception {
        assertThat(gate.site().gerve("audit log verify").status()).isZero();
        sql(
                "UPDATE access_log SET decision = 'allowed', rule = 'owner' WHERE decision <> 'allowed' ORDER BY id LIMIT 1");

        CommandResult found = gate.site().gerve("audit log verify");

        assertThat(found.status()).isEqualTo(1);
        assertThat(found.output()).contains("changed").contains("does not say what it said when it was written");
        mariaDb.freeze();
        try {
            assertThat(gate.site().gerve("audit log verify").status()).isEqualTo(75);
        } finally {
            mariaDb.thaw();
        }
    }

    /** Makes requests and ignores their results, which depend on whether the database is down. */
    private void makeRequests() throws Exception {
        gate.git("ls-remote as-mojombo:" + repository + ".git");
        gate.ssh("mojombo", "");
        gate.ssh("tom", "git-receive-pack '" + repository + "'");
        gate.ssh("tom", "cat /etc/passwd");
    }

    private List<String> logged() throws IOException {
        List<String> ids = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path log : files.sorted()
                    .filter(file -> file.getFileName().toString().matches("gate-1(-again)?\\.log"))
                    .toList()) {
                Matcher line = LOGGED.matcher(Files.readString(log));
                while (line.find()) {
                    ids.add(line.group(1));
                }
            }
        }
        return ids;
    }

    /** Returns the spool files that have records. */
    private List<Path> spooled() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("gerve.toml.spool"))) {
            return files.filter(file -> file.toFile().length() > 0).toList();
        }
    }

    private List<String> recordedIds() throws SQLException {
        List<String> ids = new ArrayList<>();
        try (var connection = DriverManager.getConnection(database().url(), credentials());
                var rows = connection
                        .createStatement()
                        .executeQuery("SELECT request_id FROM access_log WHERE command <> 'login'"
                                + " AND ended_by <> 'unknown'")) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids;
    }

    private void sql(String statement) throws SQLException {
        try (var connection = DriverManager.getConnection(database().url(), credentials())) {
            assertThat(connection.createStatement().executeUpdate(statement)).isEqualTo(1);
        }
    }

    /** Returns the only database on this server. */
    private DatabaseSettings database() {
        return mariaDb.settings("gerve_" + ProcessHandle.current().pid() + "_1");
    }

    private Properties credentials() {
        var properties = new Properties();
        properties.put("user", database().user());
        properties.put("password", database().password());
        return properties;
    }
}
