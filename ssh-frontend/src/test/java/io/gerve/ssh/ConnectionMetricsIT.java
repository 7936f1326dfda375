package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.ssh.metrics.ConnectionMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the meters of connections, with OpenSSH's client. */
class ConnectionMetricsIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path home;

    @Test
    void loginsAreCountedByResult() throws Exception {
        try (var frontend = new RunningFrontend(home)) {
            SshKey unknown = SshKey.generate(home, "unknown", "ed25519");
            frontend.run("whoami");
            frontend.run(unknown, List.of(), new byte[0], "whoami");
            await().atMost(LIMIT).until(() -> logins(frontend, "key_not_registered") == 1);
            assertThat(logins(frontend, "accepted")).isEqualTo(1);
            assertThat(logins(frontend, "user_unknown")).isZero();
            assertThat(frontend.registry()
                            .get("gerve.connections.accepted")
                            .counter()
                            .count())
                    .isEqualTo(2);
            await().atMost(LIMIT)
                    .until(() -> gauge(frontend, "gerve.connections") == 0
                            && gauge(frontend, "gerve.connections.unauthenticated") == 0);
        }
    }

    @Test
    void failedNegotiationsAreCountedByWhatTheClientOffered() throws Exception {
        try (var frontend = new RunningFrontend(home)) {
            refused(frontend, "KexAlgorithms=diffie-hellman-group14-sha1");
            refused(frontend, "Ciphers=3des-cbc,aes128-cbc");
            refused(frontend, "HostKeyAlgorithms=ecdsa-sha2-nistp256");
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(failures(frontend))
                            .isEqualTo(Map.of(
                                    "key_exchange diffie-hellman-group14-sha1",
                                    1L,
                                    "cipher 3des-cbc",
                                    1L,
                                    "host_key other",
                                    1L)));
        }
    }

    /** The attack: names that the client makes up, each of which would be a new time series. */
    @Test
    void namesThatTheClientMakesUpAreNoLabels() throws Exception {
        try (var frontend = new RunningFrontend(home)) {
            var metrics = new ConnectionMetrics(frontend.registry());
            for (int i = 0; i < 100; i++) {
                metrics.negotiationFailed("key_exchange", List.of("made-up-" + i));
            }
            assertThat(failures(frontend)).isEqualTo(Map.of("key_exchange other", 100L));
        }
    }

    private static void refused(RunningFrontend frontend, String option) throws Exception {
        var result = frontend.run(frontend.user, List.of("-o", option), new byte[0], "whoami");
        assertThat(result.stderr()).contains("Unable to negotiate");
    }

    private static Map<String, Long> failures(RunningFrontend frontend) {
        return frontend.registry().get("gerve.negotiations.failed").counters().stream()
                .filter(counter -> counter.count() > 0)
                .collect(Collectors.toMap(
                        counter -> counter.getId().getTag("part") + " "
                                + counter.getId().getTag("offered"),
                        counter -> (long) counter.count()));
    }

    private static double logins(RunningFrontend frontend, String result) {
        return frontend.registry()
                .get("gerve.logins")
                .tag("result", result)
                .counter()
                .count();
    }

    private static double gauge(RunningFrontend frontend, String name) {
        return frontend.registry().get(name).gauge().value();
    }
}
