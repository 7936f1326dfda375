package io.gerve.fileserver;

import static io.gerve.fileserver.PooledServer.KEEPALIVE_INTERVAL;
import static io.gerve.fileserver.PooledServer.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Life of pooled sessions: opened in advance, shared, reused, replaced and closed. */
@Timeout(300)
class FileServerPoolIT {
    private final PooledServer server;

    FileServerPoolIT(@TempDir Path home) throws IOException {
        server = new PooledServer(home);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void sessionsAreOpenedInAdvanceAndReused() throws Exception {
        server.pool().prepare(List.of(server.host()));
        await().until(() -> server.pool().idleCount() == 2);

        for (int i = 0; i < 10; i++) {
            assertThat(server.run("true").ending()).isEqualTo(new RemoteExit.Exited(0));
        }

        await().until(() -> server.pool().idleCount() >= 2);
        assertThat(server.pool().dialedCount()).isLessThanOrEqualTo(3);
    }

    @Test
    void sessionIsReplacedAfterMaxUses() throws Exception {
        server.usePool(server.settings(1, 2, TIMEOUT, KEEPALIVE_INTERVAL, Duration.ofHours(1), 2));

        for (int i = 0; i < 6; i++) {
            assertThat(server.run("true").ending()).isEqualTo(new RemoteExit.Exited(0));
        }

        await().until(() -> server.pool().idleCount() == 1);
        assertThat(server.pool().dialedCount()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void sessionIsReplacedAfterMaxLifetime() throws Exception {
        server.usePool(server.settings(1, 2, TIMEOUT, Duration.ofSeconds(1), Duration.ofSeconds(1), 9));
        server.pool().prepare(List.of(server.host()));

        await().until(() -> server.pool().dialedCount() >= 2 && server.pool().idleCount() == 1);
    }

    @Test
    void deadSessionIsReplacedTransparently() throws Exception {
        server.pool().prepare(List.of(server.host()));
        await().until(() -> server.pool().idleCount() == 2);

        server.sshd().restart();

        assertThat(server.run("echo again").out()).isEqualTo("again\n");
    }

    @Test
    void fiftyConcurrentCommandsShareTheSlots() throws Exception {
        server.usePool(server.settings(2, 8, Duration.ofMinutes(1), KEEPALIVE_INTERVAL));
        var commands = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 50; i++) {
            commands.add(() -> {
                var result = server.run("sleep 0.05; echo x");
                assertThat(result.ending()).isEqualTo(new RemoteExit.Exited(0));
                return server.pool().openCount();
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.invokeAll(commands))
                    .allSatisfy(open -> assertThat(open.get()).isLessThanOrEqualTo(8));
        }
        assertThat(server.sshd().connections()).isLessThanOrEqualTo(8);
    }

    @Test
    void sessionsAreMeasuredByHostAndState() throws Exception {
        try (var _ = server.start("cat")) {
            await().until(() -> server.sessions("idle") == 2 && server.sessions("dialing") == 0);
            assertThat(server.sessions("borrowed")).isEqualTo(1);
        }
        await().until(() -> server.sessions("borrowed") == 0);
    }

    @Test
    void waitForSlotTimesOut() throws Exception {
        server.usePool(server.settings(0, 1, Duration.ofSeconds(5), KEEPALIVE_INTERVAL));
        try (var _ = server.start("cat")) {
            assertThatThrownBy(() -> server.run("true"))
                    .isInstanceOf(FileServerUnavailable.class)
                    .hasMessageContaining("in use");
        }
        assertThat(server.run("true").ending()).isEqualTo(new RemoteExit.Exited(0));
    }

    @Test
    void closeEndsSessionsCommandsAndThreads() throws Exception {
        var running = server.start("cat");
        await().until(() -> server.pool().openCount() == 3);

        server.pool().close();

        assertThat(running.await()).isInstanceOf(RemoteExit.Lost.class);
        assertThat(server.pool().openCount()).isZero();
        await().until(() -> server.sshd().connections() == 0);
        assertThatThrownBy(() -> server.run("true")).isInstanceOf(FileServerUnavailable.class);
        await().untilAsserted(() -> assertThat(VirtualThreads.names())
                .noneMatch(name -> name.startsWith("file-server-") || name.contains("127.0.0.1")));
    }

    @Test
    void keyExchangeIsPostQuantum() throws Exception {
        server.useSettingsOfSshd("LogLevel DEBUG1");

        assertThat(server.run("true").ending()).isEqualTo(new RemoteExit.Exited(0));

        assertThat(server.sshd().log())
                .containsPattern("kex: algorithm: (mlkem768x25519-sha256|sntrup761x25519-sha512)")
                .containsPattern("kex: client->server cipher: aes128-gcm@openssh.com")
                .containsPattern("kex: server->client cipher: aes128-gcm@openssh.com");
    }
}
