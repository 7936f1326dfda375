package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.testbed.process.FreePort;
import io.gerve.testbed.process.Programs;
import io.gerve.testbed.process.RunningProgram;
import io.gerve.testbed.site.GateProcess;
import io.gerve.testbed.site.Scrape;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests of the metrics and the health of a gate, and of the shipped rules in a real Prometheus, across outages. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class MetricsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Path MONITORING =
            Path.of(System.getProperty("gerve.distribution", "target/gerve"), "share/monitoring");
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;
    private final RunningMariaDb mariaDb;
    private final RunningRedis redis;
    private final RunningGate gate;
    private String repository = "";

    MetricsIT(@TempDir Path folder) throws Exception {
        this.folder = folder;
        mariaDb = RunningMariaDb.start(folder.resolve("mariadb"));
        redis = RunningRedis.start(folder.resolve("redis"));
        gate = RunningGate.start(folder.resolve("site"), mariaDb, redis, Duration.ofSeconds(2));
    }

    @BeforeAll
    void makeRepository() throws Exception {
        repository = gate.newRepositoryWithHistory("--public");
        gate.newKey("stranger");
    }

    @AfterAll
    void stop() throws Exception {
        gate.close();
        redis.close();
        mariaDb.close();
    }

    @Test
    void countersShowACloneARefusedPushAndABadLogin() throws Exception {
        Scrape before = scrape();
        gate.git("clone -q as-mojombo:" + repository + ".git clone").orThrow();
        assertThat(gate.ssh("tom", "git-receive-pack '" + repository + "'").status())
                .isEqualTo(128);
        assertThat(gate.ssh("stranger", "").status()).isEqualTo(255);

        await().atMost(LIMIT).untilAsserted(() -> {
            Scrape after = scrape();
            assertThat(grown(before, after, "gerve_logins_total", "result=\"key_not_registered\""))
                    .isEqualTo(1);
            assertThat(grown(before, after, "gerve_logins_total", "result=\"accepted\""))
                    .isEqualTo(2);
            assertThat(grown(before, after, "gerve_connections_accepted_total")).isEqualTo(3);
            assertThat(grown(
                            before, after, "gerve_requests_total", "outcome=\"served\"", "service=\"git-upload-pack\""))
                    .isEqualTo(1);
            assertThat(grown(
                            before,
                            after,
                            "gerve_requests_total",
                            "outcome=\"denied\"",
                            "service=\"git-receive-pack\""))
                    .isEqualTo(1);
            assertThat(grown(before, after, "gerve_refusals_total", "rule=\"no_write_grant\""))
                    .isEqualTo(1);
            assertThat(grown(before, after, "gerve_request_phase_seconds_count", "phase=\"authorize\""))
                    .isEqualTo(2);
            assertThat(grown(before, after, "gerve_request_phase_seconds_count", "phase=\"first_byte\""))
                    .isEqualTo(1);
            assertThat(grown(before, after, "gerve_git_bytes_total", "direction=\"out\""))
                    .isGreaterThan(100);
            assertThat(after.value("gerve_connections")).isZero();
            assertThat(after.value("gerve_sessions")).isZero();
        });
        assertThat(scrape().value("gerve_pool_sessions", "host=\"fs1a\"")).isPositive();
        assertThat(scrape().samples().keySet()).noneMatch(sample -> sample.contains(repository));
    }

    @Test
    void gateIsReadyUntilNeitherTheDatabaseNorRedisAnswers() throws Exception {
        awaitReadiness(200, "serving\ndatabase ok\nredis ok\n");
        redis.freeze();
        try {
            awaitReadiness(200, "serving\ndatabase ok\nredis does not answer\n");
            mariaDb.freeze();
            try {
                awaitReadiness(503, "serving\ndatabase does not answer\nredis does not answer\n");
                assertThat(status("/livez")).isEqualTo(200);
                assertThat(scrape().value("gerve_ready")).isZero();
                redis.thaw();
                awaitReadiness(200, "serving\ndatabase does not answer\nredis ok\n");
            } finally {
                mariaDb.thaw();
            }
        } finally {
            redis.thaw();
        }
        awaitReadiness(200, "serving\ndatabase ok\nredis ok\n");
    }

    @Test
    void drainingGateIsAliveAndNotReady() throws Exception {
        try (GateProcess draining = gate.site().startGate()) {
            gate.site().ssh().addHost("as-mojombo-draining", draining.port(), folder.resolve("site/keys/mojombo"));
            Process client = gate.site()
                    .shell()
                    .start("exec ssh -F %s as-mojombo-draining \"git-upload-pack '%s'\""
                            .formatted(gate.site().ssh().file(), repository));
            try {
                assertThat(new String(client.getInputStream().readNBytes(4), StandardCharsets.US_ASCII))
                        .matches("[0-9a-f]{4}");
                draining.program().terminate();
                await().atMost(LIMIT).untilAsserted(() -> {
                    var response = Scrape.get(draining.metricsUrl() + "/readyz");
                    assertThat(response.body()).startsWith("draining\n");
                    assertThat(response.statusCode()).isEqualTo(503);
                });
                assertThat(Scrape.get(draining.metricsUrl() + "/livez").statusCode())
                        .isEqualTo(200);
                assertThat(Scrape.of(draining.metricsUrl()).value("gerve_sessions"))
                        .isEqualTo(1);
            } finally {
                client.destroyForcibly();
            }
        }
    }

    /** The shipped rules in Prometheus. Only the wait of the alert is shorter. */
    @Test
    void alertOfTheFaultFires() throws Exception {
        int port = FreePort.find();
        try (RunningProgram prometheus = startPrometheus(port)) {
            await().atMost(LIMIT).ignoreExceptions().untilAsserted(() -> {
                gate.git("ls-remote as-mojombo:" + repository + ".git").orThrow();
                assertThat(query(port, "up{job=\"gerve-frontend\"}")).containsExactly("1");
                assertThat(query(port, "gerve:request_success:ratio_rate5m")).containsExactly("1");
            });
            mariaDb.freeze();
            try {
                await().atMost(LIMIT)
                        .untilAsserted(() -> assertThat(firing(port)).containsExactly("GerveDatabaseDown"));
            } finally {
                mariaDb.thaw();
            }
            await().atMost(LIMIT).untilAsserted(() -> assertThat(firing(port)).isEmpty());
            assertThat(prometheus.isRunning()).isTrue();
        }
    }

    private RunningProgram startPrometheus(int port) throws IOException {
        Path home = Files.createDirectories(folder.resolve("prometheus"));
        Files.writeString(
                home.resolve("rules.yml"),
                Files.readString(MONITORING.resolve("gerve-rules.yml")).replace("for: 30s", "for: 1s"));
        Path config = Files.writeString(home.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: [rules.yml]
                scrape_configs:
                  - job_name: gerve-frontend
                    static_configs: [{targets: ["%s"]}]
                """.formatted(
                        gate.gate().metricsUrl().replace("http://", "")));
        return new Programs()
                .start(
                        List.of(
                                "prometheus",
                                "--config.file=" + config,
                                "--storage.tsdb.path=" + home.resolve("data"),
                                "--web.listen-address=127.0.0.1:" + port,
                                "--log.level=warn"),
                        Map.of(),
                        home.resolve("log"));
    }

    private static List<String> query(int port, String expression) throws Exception {
        String encoded = URLEncoder.encode(expression, StandardCharsets.UTF_8);
        JsonNode result = JSON.readTree(Scrape.get("http://127.0.0.1:" + port + "/api/v1/query?query=" + encoded)
                        .body())
                .path("data")
                .path("result");
        return result.valueStream()
                .map(series -> series.path("value").path(1).asString())
                .toList();
    }

    private static Set<String> firing(int port) throws Exception {
        JsonNode alerts = JSON.readTree(Scrape.get("http://127.0.0.1:" + port + "/api/v1/alerts")
                        .body())
                .path("data")
                .path("alerts");
        Set<String> firing = new TreeSet<>();
        alerts.forEach(alert -> {
            if (alert.path("state").asString().equals("firing")) {
                firing.add(alert.path("labels").path("alertname").asString());
            }
        });
        return firing;
    }

    private static double grown(Scrape before, Scrape after, String name, String... labels) {
        return after.value(name, labels) - before.value(name, labels);
    }

    private Scrape scrape() throws IOException, InterruptedException {
        return Scrape.of(gate.gate().metricsUrl());
    }

    private int status(String path) throws IOException, InterruptedException {
        return Scrape.get(gate.gate().metricsUrl() + path).statusCode();
    }

    private void awaitReadiness(int status, String text) {
        await().atMost(LIMIT).untilAsserted(() -> {
            var response = Scrape.get(gate.gate().metricsUrl() + "/readyz");
            assertThat(response.body()).isEqualTo(text);
            assertThat(response.statusCode()).isEqualTo(status);
        });
    }
}
