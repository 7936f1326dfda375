package io.gerve.fileserver;

import static io.gerve.fileserver.PooledServer.KEEPALIVE_INTERVAL;
import static io.gerve.fileserver.PooledServer.TIMEOUT;
import static io.gerve.fileserver.PooledServer.noise;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gerve.routing.FileServerHost;
import io.gerve.testing.RunningSshd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Failing, frozen and untrusted file servers: running commands are lost, and new ones are refused in time. */
@Timeout(300)
class UnavailableServerIT {
    private final PooledServer server;

    UnavailableServerIT(@TempDir Path home) throws IOException {
        server = new PooledServer(home);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    @Timeout(180)
    void killedServerIsUnavailable() throws Exception {
        assertThat(server.run("true").ending()).isEqualTo(new RemoteExit.Exited(0));
        assertThat(server.loginFailures()).isZero();
        server.sshd().kill();

        assertThatThrownBy(() -> server.run("true")).isInstanceOf(FileServerUnavailable.class);
        assertThat(server.loginFailures()).isPositive();
    }

    @Test
    @Timeout(180)
    void frozenServerIsUnavailable() throws Exception {
        var timeout = Duration.ofSeconds(4);
        server.usePool(server.settings(2, 8, timeout, Duration.ofSeconds(30)));
        server.pool().prepare(List.of(server.host()));
        await().until(() -> server.pool().idleCount() == 2);
        server.sshd().freeze();

        assertThatThrownBy(() -> server.run("true")).isInstanceOf(FileServerUnavailable.class);
    }

    /**
     * Otherwise each of many concurrent reads would wait for the whole connect timeout before its standby is tried.
     */
    @Test
    @Timeout(180)
    void frozenServerFailsFastUntilItAnswers() throws Exception {
        server.usePool(server.settings(0, 8, Duration.ofSeconds(2), Duration.ofSeconds(30)));
        server.sshd().freeze();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> server.run("true")).isInstanceOf(FileServerUnavailable.class);
        }

        var reasons = new ArrayList<String>();
        for (int request = 0; request < 100; request++) {
            try {
                server.run("true");
            } catch (FileServerUnavailable e) {
                reasons.add(String.valueOf(e.getMessage()));
            }
        }
        assertThat(reasons).hasSize(100);
        assertThat(reasons)
                .filteredOn(reason -> reason.contains("another request is retrying"))
                .hasSizeGreaterThan(90);

        server.sshd().thaw();
        await().ignoreExceptionsInstanceOf(FileServerUnavailable.class)
                .until(() -> server.run("echo back").out().equals("back\n"));
    }

    @Test
    @Timeout(180)
    void commandIsLostWhenTheServerFreezes() throws Exception {
        server.usePool(server.settings(2, 8, TIMEOUT, Duration.ofSeconds(1)));
        try (var command = server.start("cat")) {
            server.sshd().freeze();

            assertThat(command.await()).isInstanceOf(RemoteExit.Lost.class);
        }
    }

    @Test
    @Timeout(180)
    void pushIsLostWhenTheServerFreezes() throws Exception {
        server.usePool(server.settings(2, 8, TIMEOUT, Duration.ofSeconds(1)));
        var sent = new AtomicLong();
        Thread writer;
        try (var command = server.start("cat >/dev/null")) {
            writer = Thread.ofVirtual().start(() -> {
                var chunk = noise(64 * 1024);
                try (var in = command.stdin()) {
                    while (true) {
                        in.write(chunk);
                        sent.addAndGet(chunk.length);
                    }
                } catch (IOException _) {
                    // The write fails when the command ends.
                }
            });
            await().until(() -> sent.get() > 4_000_000);
            server.sshd().freeze();

            assertThat(command.await()).isInstanceOf(RemoteExit.Lost.class);
        }
        writer.join();
    }

    /** sshd sends the status when the process has ended, before the last of its output. */
    @Test
    void connectionLostDuringOutputIsNotAnExit() throws Exception {
        var stdout = new ByteArrayOutputStream();
        try (var command = server.start("echo begun; (sleep 60; echo rest) & exit 0", stdout)) {
            await().until(() -> stdout.size() > 0);
            await().during(Duration.ofMillis(300)).until(() -> true);
            server.sshd().kill();

            assertThat(command.await()).isInstanceOf(RemoteExit.Lost.class);
        }
    }

    @Test
    void otherHostKeyIsRefused(@TempDir Path elsewhere) throws Exception {
        try (var other = RunningSshd.withShell(elsewhere)) {
            server.useHost(server.sshd().host("fs1a", other.hostKey()));

            assertThatThrownBy(() -> server.run("true"))
                    .isInstanceOf(FileServerUnavailable.class)
                    .hasMessageContaining("another host key");
        }
        assertThat(server.sshd().log()).doesNotContain("Accepted publickey").doesNotContain("Failed publickey");
        assertThat(server.pool().openCount()).isZero();
    }

    /** After length and padding, the packet holds a key exchange whose lists are longer than the packet. */
    @Test
    void malformedKeyExchangeIsUnavailableAndFreesTheSlot() throws Exception {
        server.usePool(server.settings(0, 2, TIMEOUT, KEEPALIVE_INTERVAL));
        var nonsense = new byte[8 + 1024];
        Arrays.fill(nonsense, (byte) 0x7f);
        ByteBuffer.wrap(nonsense).putInt(1028 - 8).put((byte) 4).put((byte) 20);
        var right = server.host();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            threads.execute(() -> answerEach(listener, "SSH-2.0-x\r\n".getBytes(UTF_8), nonsense));
            server.useHost(new FileServerHost(
                    "fs1a", "127.0.0.1", listener.getLocalPort(), server.sshd().hostKey()));
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> server.run("true"))
                        .isInstanceOf(FileServerUnavailable.class)
                        .hasMessageContaining("refused the login");
            }
        }
        assertThat(server.pool().openCount()).isZero();
        server.useHost(right);
        assertThat(server.run("true").ending()).isEqualTo(new RemoteExit.Exited(0));
    }

    private static void answerEach(ServerSocket listener, byte[]... answer) {
        while (!listener.isClosed()) {
            try (var client = listener.accept()) {
                for (var part : answer) {
                    client.getOutputStream().write(part);
                }
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException _) {
                // The gate closed the connection, or the test is over.
            }
        }
    }

    @Test
    void serverThatRejectsCommandsIsUnavailable() throws Exception {
        server.useSettingsOfSshd("MaxSessions 0");

        assertThatThrownBy(() -> server.run("true"))
                .isInstanceOf(FileServerUnavailable.class)
                .hasMessageContaining("did not accept the command");
    }

    @Test
    void serverThatRejectsTheGatesKeyIsUnavailable() throws Exception {
        Files.writeString(server.sshd().root().resolveSibling("authorized_keys"), "");

        assertThatThrownBy(() -> server.run("true"))
                .isInstanceOf(FileServerUnavailable.class)
                .hasMessageMatching("file server fs1a refused the login as \\S+ at 127\\.0\\.0\\.1:\\d+ with the key"
                        + " SHA256:\\S+ of file_servers\\.identity_file \\(\\S+\\): add the public key there, as"
                        + " share/file-server/setup does");
    }
}
