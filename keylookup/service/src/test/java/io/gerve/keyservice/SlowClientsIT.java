package io.gerve.keyservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gerve.sql.testing.RunningMariaDb;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that send their requests slowly, without end or not at all, or do not read the responses. */
class SlowClientsIT {
    private static final int SLOW_CLIENTS = 90;
    private static final String ATTACKER = "127.0.0.2";
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    private static Path home;

    private static RunningKeylookup program;

    @BeforeAll
    static void start() throws Exception {
        program = RunningKeylookup.start(
                home,
                RunningMariaDb.shared().newMigratedDatabase(),
                "requests_max = 8",
                "connections_per_address_max = 200",
                "request_timeout = \"4s\"",
                "idle_timeout = \"4s\"",
                "anonymous_requests_per_hour = 1000000",
                "[log]",
                "level = \"debug\"");
        program.awaitReady();
    }

    @AfterAll
    static void stop() {
        program.close();
    }

    /** The attack: more clients than requests may run, each of which sends a byte from time to time. */
    @Test
    void slowRequestsTakeNoPlaceFromOthersAndAreCut() throws Exception {
        var stop = new CountDownLatch(1);
        var opened = new AtomicInteger();
        var cut = new AtomicInteger();
        try (var attackers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < SLOW_CLIENTS; i++) {
                boolean isForm = i % 2 == 0;
                Future<?> _ = attackers.submit(() -> {
                    while (stop.getCount() > 0) {
                        sendSlowly(isForm, opened, stop);
                        cut.incrementAndGet();
                    }
                    return null;
                });
            }
            try {
                await().atMost(LONG).until(() -> opened.get() >= SLOW_CLIENTS);
                await().atMost(LONG).pollInterval(Duration.ofMillis(200)).until(() -> {
                    for (String path : new String[] {"/livez", "/readyz", "/settings/sign-in", "/api/v3"}) {
                        assertThat(program.status(path)).as(path).isEqualTo(200);
                    }
                    return cut.get() >= SLOW_CLIENTS;
                });
            } finally {
                stop.countDown();
            }
        }
    }

    /** Returns when the server has closed the connection. */
    private static void sendSlowly(boolean isForm, AtomicInteger opened, CountDownLatch stop)
            throws IOException, InterruptedException {
        try (var client = isForm
                ? HostileClient.withHalfForm(program.url(), ATTACKER)
                : HostileClient.withHalfHeaders(program.url(), ATTACKER)) {
            opened.incrementAndGet();
            while (!stop.await(500, TimeUnit.MILLISECONDS)) {
                client.send("x");
            }
        } catch (IOException _) {
            // The server has closed the connection.
        }
    }

    @Test
    void connectionWithoutARequestIsCut() throws Exception {
        try (var silent = new HostileClient(program.url(), ATTACKER);
                var served = new HostileClient(program.url(), ATTACKER)) {
            served.send("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            assertThat(silent.isCut()).isTrue();
            assertThat(served.isCut()).isTrue();
        }
    }

    /** The attack: a client asks for large responses and reads none of them. */
    @Test
    void clientThatDoesNotReadResponsesIsCut() throws Exception {
        try (var client = new HostileClient(program.url(), ATTACKER)) {
            client.send("GET /api/v3/openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(200));
            await().atMost(LONG).until(() -> program.metric("gerve_api_connections_closed", "response_not_read") > 0);
        }
    }

    /** The attack: one chunk of 2 GB, or its length in a line that does not end, was buffered whole. */
    @Test
    void endlessBodyIsCut() throws Exception {
        String block = "1".repeat(64 * 1024);
        for (String start : new String[] {"7fffffff\r\n", "1;"}) {
            try (var client = new HostileClient(program.url(), ATTACKER)) {
                client.send("POST /settings/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + start);
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 400 * 16; i++) {
                                client.send(block);
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
        }
        assertThat(program.status("/livez")).isEqualTo(200);
        assertThat(program.metric("gerve_api_connections_closed", "request_too_large"))
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void abortedUploadIsNoError() throws Exception {
        for (int i = 0; i < 5; i++) {
            HostileClient.withHalfForm(program.url(), ATTACKER).close();
            HostileClient.withHalfHeaders(program.url(), ATTACKER).close();
        }
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(program.log()
                                .lines()
                                .filter(line ->
                                        line.contains("client went away before its request was received whole")))
                        .hasSizeGreaterThanOrEqualTo(10)
                        .allMatch(line -> line.contains("DEBUG")));
        assertThat(program.log()).doesNotContain("ERROR", "WARN", "\tat ");
    }
}
