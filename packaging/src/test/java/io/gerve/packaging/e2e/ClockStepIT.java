package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.GateProcess;
import io.gerve.testbed.site.SshKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tests of steps of the system clock, which libfaketime makes for one gate. */
@Tag("soak")
class ClockStepIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** Several times the interval at which the gate checks its timeouts. */
    private static final Duration CHECKS = Duration.ofSeconds(4);

    @TempDir
    private Path folder;

    /** The monotonic clock stays as it is, as in a real step. */
    private Map<String, String> steppedClock() throws IOException {
        try (Stream<Path> libraries =
                Files.find(Path.of("/usr/lib"), 4, (file, _) -> file.endsWith("faketime/libfaketimeMT.so.1"))) {
            return Map.of(
                    "LD_PRELOAD", libraries.findFirst().orElseThrow().toString(),
                    "FAKETIME_TIMESTAMP_FILE", folder.resolve("step").toString(),
                    // Seconds. Without this cache, Java takes minutes to start.
                    "FAKETIME_CACHE_DURATION", "1",
                    "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                    "DONT_FAKE_MONOTONIC", "1",
                    "JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");
        }
    }

    /** Longer than the test takes on a busy machine, and shorter than a step. libfaketime makes each start slow. */
    private static String withLongTimeouts(String config) {
        return config.replace("[frontend]", "[frontend]\nkex_timeout = \"10m\"\nlogin_grace_time = \"10m\"")
                .replace("query_timeout = \"10s\"", "query_timeout = \"1m\"")
                .replace("lookup_timeout = \"10s\"", "lookup_timeout = \"1m\"")
                .replace("[redis]", "[redis]\ntimeout = \"1m\"");
    }

    private void stepTo(String offset) throws IOException {
        Path written = Files.writeString(folder.resolve("step.new"), offset + "\n");
        Files.move(
                written, folder.resolve("step"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    @ExtendWith(SharedGate.class)
    void sessionsAndLoginsSurviveAStepAndAnExpiredKeyIsRefused(RunningGate gate) throws Exception {
        String repository = gate.newRepositoryWithHistory("--public");
        stepTo("+0");
        try (GateProcess stepped = gate.site().startGate(steppedClock(), ClockStepIT::withLongTimeouts)) {
            gate.site()
                    .ssh()
                    .addHost(
                            "as-mojombo-stepped",
                            stepped.port(),
                            gate.site().folder().resolve("keys/mojombo"));
            addExpiringKey(gate, stepped);
            Process held = gate.shell()
                    .start("exec ssh -F %s as-mojombo-stepped \"git-upload-pack '%s'\""
                            .formatted(gate.site().ssh().file(), repository));
            try (var halfway = new Socket(InetAddress.getLoopbackAddress(), stepped.port())) {
                assertThat(new String(held.getInputStream().readNBytes(4), StandardCharsets.US_ASCII))
                        .matches("[0-9a-f]{4}");
                halfway.getOutputStream().write("SSH-2.0-halfway\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(expiring(gate).status()).isEqualTo(1);
                for (String offset : new String[] {"+3600", "-3600"}) {
                    logInDuring(gate, () -> stepTo(offset));
                    assertThat(held.isAlive()).isTrue();
                    assertThat(isOpen(halfway)).isTrue();
                    CommandResult answer = expiring(gate);
                    assertThat(answer.output().contains("This key has expired"))
                            .as(answer.output())
                            .isEqualTo(offset.startsWith("+"));
                }
                // A clone that wants nothing ends with a flush packet.
                held.getOutputStream().write("0000".getBytes(StandardCharsets.US_ASCII));
                held.getOutputStream().close();
                held.getInputStream().readAllBytes();
                assertThat(held.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(held.exitValue()).isZero();
            } finally {
                held.destroyForcibly();
            }
        }
    }

    private static void addExpiringKey(RunningGate gate, GateProcess stepped) throws Exception {
        Path key = gate.newKey("expiring-in-half-an-hour");
        gate.cli("key add --account tom --expires 30m " + SshKeys.publicKeyFile(key));
        gate.site().ssh().addHost("as-expiring-stepped", stepped.port(), key);
    }

    private static CommandResult expiring(RunningGate gate) throws Exception {
        return gate.ssh("expiring-stepped", "");
    }

    /** Makes the step while logins run, and lets the gate check its timeouts after it. */
    private static void logInDuring(RunningGate gate, Step step) throws Exception {
        var stepped = new AtomicBoolean();
        Thread logins = Thread.ofVirtual()
                .unstarted(() -> await().atMost(LIMIT).pollDelay(Duration.ZERO).until(() -> {
                    assertThat(gate.ssh("mojombo-stepped", "").status()).isEqualTo(1);
                    return stepped.get();
                }));
        var failure = new AtomicReference<Throwable>();
        logins.setUncaughtExceptionHandler((_, e) -> failure.set(e));
        logins.start();
        step.run();
        assertThat(logins.join(CHECKS)).isFalse();
        stepped.set(true);
        assertThat(logins.join(LIMIT)).isTrue();
        assertThat(failure.get()).isNull();
    }

    /** A change of the clock. */
    private interface Step {
        void run() throws IOException;
    }

    private static boolean isOpen(Socket socket) throws IOException {
        socket.setSoTimeout(1);
        try {
            while (socket.getInputStream().read() >= 0) {
                // Skips the identification string and the proposal of the gate.
            }
            return false;
        } catch (SocketTimeoutException _) {
            return true;
        }
    }
}
