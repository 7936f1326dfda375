package io.gerve.ssh;

import static io.gerve.ssh.ScriptedClient.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.config.FrontendSettings.Limits;
import io.gerve.ssh.transport.FairQueue;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that a burst of logins delays other work by a few key exchanges, not by all of them. */
class KeyExchangeQueueIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration MANY_TURNS = Duration.ofSeconds(50);

    /** At least 64 exchanges, of which 32 may come at once, and four in a second after that. */
    private static final Duration TURNS_BEYOND_THE_BURST = Duration.ofSeconds(5);

    private static final Duration LONGER_THAN_KEX_TIMEOUT = Duration.ofSeconds(5);

    @TempDir
    Path home;

    @Test
    void waitingLoginOutlivesKexTimeoutWhileSessionsRunAndRekey() throws Exception {
        try (var frontend = RunningFrontend.with(
                        home,
                        RunningFrontend.LIMITS,
                        new FrontendTimeouts().kexTimeout(3).get());
                var running =
                        new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user))) {
            assertThat(running.authenticate()).isTrue();
            FairQueue.Turn other = frontend.loginExchanges.enter("another client");
            assertThat(other.await(LIMIT)).isTrue();
            Process waiting = new ProcessBuilder(frontend.ssh(frontend.user, List.of("-v"), "whoami")).start();
            try (BufferedReader stderr = waiting.errorReader(StandardCharsets.UTF_8)) {
                await().atMost(LIMIT).until(stderr::readLine, line -> line.contains("expecting SSH2_MSG_KEX"));
                Instant sent = Instant.now();
                await().atMost(LIMIT).until(() -> {
                    assertThat(running.run("whoami"))
                            .isEqualTo(frontend.user.fingerprint().text());
                    return Duration.between(sent, Instant.now()).compareTo(LONGER_THAN_KEX_TIMEOUT) > 0;
                });
                running.session.reExchangeKeys().verify(LIMIT);
                assertThat(stderr.ready())
                        .as("the frontend answered or disconnected the client")
                        .isFalse();
                other.close();
                assertThat(stderr.lines()).anyMatch(line -> line.contains("SSH2_MSG_NEWKEYS received"));
                assertThat(waiting.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(waiting.exitValue()).isZero();
            } finally {
                waiting.destroyForcibly();
            }
        }
    }

    @Test
    void loginWithoutPermitWithinLoginGraceTimeIsToldToTryAgain() throws Exception {
        try (var frontend = RunningFrontend.with(
                home,
                RunningFrontend.LIMITS,
                new FrontendTimeouts().kexTimeout(1).loginGraceTime(1).get())) {
            FairQueue.Turn other = frontend.loginExchanges.enter("another client");
            assertThat(other.await(LIMIT)).isTrue();
            var refused = frontend.run("whoami");
            assertThat(refused.stderr()).contains("Too many logins at once. Please try again in a moment.");
            assertThat(refused.status()).isEqualTo(255);
            other.close();
            assertThat(frontend.run("whoami").status()).isZero();
        }
    }

    /**
     * The attack: to close connections while their exchanges wait, which left a thread each for up to
     * login_grace_time.
     */
    @Test
    void connectionThatIsEvictedLeavesTheQueue() throws Exception {
        var limits = new Limits(128, 500, 32, 100, 50, 10, 10);
        try (var frontend = RunningFrontend.with(home, limits, RunningFrontend.TIMEOUTS);
                var other = frontend.loginExchanges.enter("another client")) {
            assertThat(other.await(LIMIT)).isTrue();
            Process waiting = new ProcessBuilder(frontend.ssh(frontend.user, List.of(), "whoami")).start();
            List<Socket> flood = new ArrayList<>();
            try {
                await().atMost(LIMIT).until(() -> frontend.loginExchanges.length() == 1);
                for (int i = 0; i < limits.connectionsPerAddressMax(); i++) {
                    var socket = new Socket(InetAddress.getLoopbackAddress(), frontend.port());
                    flood.add(socket);
                    assertThat(socket.getInputStream().read()).isEqualTo('S');
                }
                await().atMost(LIMIT).until(() -> frontend.loginExchanges.length() == 0);
            } finally {
                waiting.destroyForcibly();
                for (Socket each : flood) {
                    each.close();
                }
            }
        }
    }

    /**
     * The attack: a logged-in client that exchanges keys without end, which took a processor from everybody. It is not
     * disconnected, since OpenSSH's RekeyLimit may be small, but waits; others do not.
     */
    @Test
    void clientThatRekeysWithoutEndWaitsAndOthersDoNot() throws Exception {
        Process looping = null;
        try (var frontend = new RunningFrontend(home)) {
            SshKey other = SshKey.generate(home, "other", "ed25519");
            frontend.keys.register(other.fingerprint());
            Path sent = home.resolve("sent");
            Path received = home.resolve("received");
            Files.write(sent, new byte[4 << 20]);
            Instant start = Instant.now();
            looping = new ProcessBuilder(frontend.ssh(frontend.user, List.of("-o", "RekeyLimit=64K"), "cat"))
                    .redirectInput(sent.toFile())
                    .redirectOutput(received.toFile())
                    .start();
            try (var client = new ScriptedClient(frontend.port(), signed(other, "ssh-ed25519", other))) {
                assertThat(client.authenticate()).isTrue();
                client.session.reExchangeKeys().verify(LIMIT);
            }
            assertThat(looping.waitFor(MANY_TURNS.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(looping.exitValue()).isZero();
            assertThat(received).hasSize(4 << 20);
            assertThat(Duration.between(start, Instant.now())).isGreaterThan(TURNS_BEYOND_THE_BURST);
        } finally {
            if (looping != null) {
                looping.destroyForcibly();
            }
        }
    }
}
