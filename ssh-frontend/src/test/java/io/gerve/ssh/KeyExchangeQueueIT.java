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

/** A burst of logins: what others have to do waits behind a few key exchanges, not behind all. */
class KeyExchangeQueueIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration LONGER_THAN_A_CLIENT_MAY_TAKE = Duration.ofSeconds(5);

    @TempDir
    Path home;

    @Test
    void aLoginWaitsForLongerThanTheClientMayTakeWhileSessionsRunOnAndChangeTheirKeys() throws Exception {
        try (var door = RunningFrontend.with(
                        home,
                        RunningFrontend.LIMITS,
                        new FrontendTimeouts().keyExchange(1).get());
                var running = new ScriptedClient(door.port(), signed(door.user, "ssh-ed25519", door.user))) {
            assertThat(running.isLetIn()).isTrue();
            assertThat(door.logins.acquire(LIMIT)).isTrue();
            Process waiting = new ProcessBuilder(door.ssh(door.user, List.of("-v"), "whoami")).start();
            try (BufferedReader said = waiting.errorReader(StandardCharsets.UTF_8)) {
                await().atMost(LIMIT).until(said::readLine, line -> line.contains("expecting SSH2_MSG_KEX"));
                Instant sent = Instant.now();
                await().atMost(LIMIT).until(() -> {
                    assertThat(running.run("whoami"))
                            .isEqualTo(door.user.fingerprint().text());
                    return Duration.between(sent, Instant.now()).compareTo(LONGER_THAN_A_CLIENT_MAY_TAKE) > 0;
                });
                running.session.reExchangeKeys().verify(LIMIT);
                assertThat(said.ready()).as("the client was answered, or cut").isFalse();
                door.logins.release();
                assertThat(said.lines()).anyMatch(line -> line.contains("SSH2_MSG_NEWKEYS received"));
                assertThat(waiting.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(waiting.exitValue()).isZero();
            } finally {
                waiting.destroyForcibly();
            }
        }
    }

    @Test
    void aLoginForWhichThereIsNoTurnInTimeIsToldToTryAgain() throws Exception {
        try (var door = RunningFrontend.with(
                home,
                RunningFrontend.LIMITS,
                new FrontendTimeouts().keyExchange(1).loginGrace(1).get())) {
            assertThat(door.logins.acquire(LIMIT)).isTrue();
            var turnedAway = door.run("whoami");
            assertThat(turnedAway.stderr()).contains("Too many logins at once. Please try again in a moment.");
            assertThat(turnedAway.status()).isEqualTo(255);
            door.logins.release();
            assertThat(door.run("whoami").status()).isZero();
        }
    }
}
