package io.gerve.ssh;

import static io.gerve.ssh.ScriptedClient.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that a burst of logins delays other work by a few key exchanges, not by all of them. */
class KeyExchangeQueueIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LONGER_THAN_KEX_TIMEOUT = Duration.ofSeconds(5);

    @TempDir
    Path home;

    @Test
    void waitingLoginOutlivesKexTimeoutWhileSessionsRunAndRekey() throws Exception {
        try (var frontend = RunningFrontend.with(
                        home,
                        RunningFrontend.LIMITS,
                        new FrontendTimeouts().kexTimeout(1).get());
                var running =
                        new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user))) {
            assertThat(running.authenticate()).isTrue();
            assertThat(frontend.loginExchanges.acquire(LIMIT)).isTrue();
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
                frontend.loginExchanges.release();
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
            assertThat(frontend.loginExchanges.acquire(LIMIT)).isTrue();
            var refused = frontend.run("whoami");
            assertThat(refused.stderr()).contains("Too many logins at once. Please try again in a moment.");
            assertThat(refused.status()).isEqualTo(255);
            frontend.loginExchanges.release();
            assertThat(frontend.run("whoami").status()).isZero();
        }
    }
}
