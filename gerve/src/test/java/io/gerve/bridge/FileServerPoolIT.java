package io.gerve.bridge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gerve.chimney.FileServerHost;
import io.gerve.config.BridgeSettings;
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
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Joining a client to a real sshd. */
@Timeout(120)
class FileServerPoolIT {
    /** Long, for a machine that is busy with other things; what must be quick has a shorter one. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration HEARTBEAT = Duration.ofSeconds(2);

    @TempDir
    Path home;

    private RunningSshd sshd;
    private FileServerPool pool;
    private FileServerHost host;

    @BeforeEach
    void startServerAndPool() throws IOException {
        sshd = RunningSshd.withShell(home.resolve("sshd"));
        pool = new FileServerPool(settings(2, 8));
        host = sshd.host("fs1a");
    }

    @AfterEach
    void stop() throws IOException {
        pool.close();
        sshd.close();
    }

    private BridgeSettings settings(int ready, int max) {
        return settings(ready, max, CONNECT_TIMEOUT, HEARTBEAT);
    }

    private BridgeSettings settings(int ready, int max, Duration connectTimeout, Duration heartbeat) {
        return new BridgeSettings(
                sshd.user(), sshd.identity(), ready, max, connectTimeout, heartbeat, Duration.ofHours(1), 1_000_000);
    }

    private record Result(Ending ending, ByteArrayOutputStream stdout, ByteArrayOutputStream stderr) {
        String out() {
            return stdout.toString(UTF_8);
        }
    }

    private Result run(String command, byte[] stdin, Map<String, String> environment) throws Exception {
        var stdout = new ByteArrayOutputStream();
        var stderr = new ByteArrayOutputStream();
        try (var running = pool.start(host, command, environment, stdout, stderr)) {
            // A command that reads nothing may have ended by now, and then takes not even an empty write.
            if (stdin.length > 0) {
                try (var in = running.stdin()) {
                    in.write(stdin);
                }
            }
            return new Result(running.await(), stdout, stderr);
        }
    }

    private Result run(String command) throws Exception {
        return run(command, new byte[0], Map.of());
    }

    private static byte[] noise(int bytes) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(bytes);
        var noise = new byte[bytes];
        random.nextBytes(noise);
        return noise;
    }

    @Test
    void bytesCrossUnchangedInBothDirectionsAtOnce() throws Exception {
        var sent = noise(48 * 1024 * 1024 + 17);

        var result = run("cat", sent, Map.of());

        assertThat(result.ending()).isEqualTo(new Ending.Exited(0));
        assertThat(result.stdout().toByteArray()).isEqualTo(sent);
    }

    @Test
    void stderrIsApartFromStdout() throws Exception {
        var result = run("echo out; echo err >&2; exit 7");

        assertThat(result.ending()).isEqualTo(new Ending.Exited(7));
        assertThat(result.out()).isEqualTo("out\n");
        assertThat(result.stderr().toString(UTF_8)).isEqualTo("err\n");
    }

    @Test
    @Timeout(600)
    void everyExitStatusOfManyShortCommandsArrives() throws Exception {
        usePool(settings(2, 8, Duration.ofMinutes(1), HEARTBEAT));
        var results = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 512; i++) {
            int status = i % 256;
            results.add(() -> {
                var result = run("echo " + status + "; exit " + status);
                return result.ending().equals(new Ending.Exited(status))
                        && result.out().equals(status + "\n");
            });
        }
        try (var threads = Executors.newFixedThreadPool(8)) {
            assertThat(threads.invokeAll(results))
                    .allSatisfy(right -> assertThat(right.get()).isTrue());
        }
        assertThat(pool.dialled()).as("sessions are used again").isLessThan(50);
    }

    @Test
    void theGatesVariablesReachTheCommand() throws Exception {
        var variables = Map.of("GIT_PROTOCOL", "version=2", "GERVE_ACCOUNT", "mojombo", "PATH_INFO", "refused");

        var result = run("echo $GIT_PROTOCOL $GERVE_ACCOUNT $PATH_INFO", new byte[0], variables);

        assertThat(result.out()).isEqualTo("version=2 mojombo\n");
    }

    @Test
    void inputThatEndsLeavesTheOutputOpen() throws Exception {
        var result = run("cat >/dev/null; sleep 1; echo afterwards; exit 3", noise(100), Map.of());

        assertThat(result.out()).isEqualTo("afterwards\n");
        assertThat(result.ending()).isEqualTo(new Ending.Exited(3));
    }

    @Test
    void aCommandThatWasKilledDidNotExit() throws Exception {
        assertThat(run("kill -KILL $$").ending()).isEqualTo(new Ending.Signalled("KILL"));
        assertThat(run("kill -TERM $$").ending()).isEqualTo(new Ending.Signalled("TERM"));
    }

    /** sshd sends the status when the process is gone, before the last of its output. */
    @Test
    void aConnectionThatIsLostWithTheOutputUnderWayIsNoExit() throws Exception {
        var stdout = new ByteArrayOutputStream();
        try (var command = pool.start(host, "echo begun; (sleep 60; echo rest) & exit 0", Map.of(), stdout, stdout)) {
            await().atMost(CONNECT_TIMEOUT).until(() -> stdout.size() > 0);
            await().during(Duration.ofMillis(300)).until(() -> true);
            sshd.kill();

            assertThat(command.await()).isInstanceOf(Ending.Lost.class);
        }
    }

    @Test
    void writingToACommandThatEndedFails() throws Exception {
        try (var command = pool.start(
                host, "exit 0", Map.of(), OutputStream.nullOutputStream(), OutputStream.nullOutputStream())) {
            command.await();

            assertThatThrownBy(() -> command.stdin().write(1)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void inputThatNobodyReadsDoesNotHoldUpTheOutput() throws Exception {
        var stdout = new ByteArrayOutputStream();
        Thread writer;
        try (var command = pool.start(host, "head -c 20000000 /dev/zero; sleep 60", Map.of(), stdout, stdout)) {
            writer = Thread.ofVirtual().start(() -> {
                try (var in = command.stdin()) {
                    in.write(noise(20_000_000));
                } catch (IOException _) {
                    // It ends with the command.
                }
            });
            await().atMost(Duration.ofSeconds(30)).until(() -> stdout.size() == 20_000_000);

            assertThat(writer.isAlive()).isTrue();
        }
        writer.join();
        await().atMost(CONNECT_TIMEOUT)
                .untilAsserted(() -> assertThat(sshd.connections()).isLessThanOrEqualTo(2));
    }

    /** sshd drops a client that sends nothing for 3 s here; a client that does not read must not make the gate look like one. */
    @Test
    void aReaderThatPausesGoesOn() throws Exception {
        restart("ClientAliveInterval 1", "ClientAliveCountMax 3");
        usePool(settings(2, 8, CONNECT_TIMEOUT, Duration.ofSeconds(1)));
        var sent = noise(16 * 1024 * 1024);
        Files.write(sshd.root().resolve("noise"), sent);
        var stdout = new ByteArrayOutputStream();
        var resume = new CountDownLatch(1);
        var pausing = new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("one byte at a time");
            }

            @Override
            public void write(byte[] bytes, int start, int length) throws IOException {
                try {
                    resume.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                stdout.write(bytes, start, length);
            }
        };
        try (var command = pool.start(host, "cat noise", Map.of(), pausing, pausing)) {
            await().pollDelay(Duration.ofSeconds(10))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> true);
            resume.countDown();

            assertThat(command.await()).isEqualTo(new Ending.Exited(0));
            assertThat(stdout.toByteArray()).isEqualTo(sent);
        }
    }

    @Test
    void aClientThatIsGoneEndsTheCommandAndItsSession() throws Exception {
        var gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("the client is gone");
            }
        };
        try (var command = pool.start(host, "echo $$ >pid; while echo x; do sleep 0.1; done", Map.of(), gone, gone)) {
            assertThat(command.await()).isInstanceOf(Ending.Lost.class);
        }
        awaitEndOf(sshd.root().resolve("pid"));
    }

    /** JSch swallows a NullPointerException of the stream that it writes to, and would go on with a hole in the data. */
    @Test
    void aClientStreamWithABugLosesTheCommandAndNotAByteOfIt() throws Exception {
        var broken = new OutputStream() {
            @Override
            public void write(int b) {
                throw new NullPointerException("a bug");
            }
        };
        try (var command = pool.start(host, "echo one; sleep 1; echo two", Map.of(), broken, broken)) {
            assertThat(command.await()).isInstanceOf(Ending.Lost.class);
        }
    }

    @Test
    void closingACommandEndsItAtTheHost() throws Exception {
        var command = pool.start(
                host,
                "echo $$ >pid; exec cat",
                Map.of(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream());
        await().atMost(CONNECT_TIMEOUT).until(() -> Files.exists(sshd.root().resolve("pid")));

        command.close();

        assertThat(command.await()).isInstanceOf(Ending.Lost.class);
        awaitEndOf(sshd.root().resolve("pid"));
    }

    private static void awaitEndOf(Path pidFile) throws IOException {
        long pid = Long.parseLong(Files.readString(pidFile).strip());
        await().atMost(Duration.ofSeconds(10))
                .until(() ->
                        ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void sessionsAreOpenedAheadAndUsedAgain() throws Exception {
        pool.prepare(List.of(host));
        await().atMost(CONNECT_TIMEOUT).until(() -> pool.idle() == 2);

        for (int i = 0; i < 10; i++) {
            assertThat(run("true").ending()).isEqualTo(new Ending.Exited(0));
        }

        await().atMost(CONNECT_TIMEOUT).until(() -> pool.idle() >= 2);
        assertThat(pool.dialled()).isLessThanOrEqualTo(3);
    }

    @Test
    void aSessionThatWasUsedOftenEnoughIsReplaced() throws Exception {
        usePool(new BridgeSettings(
                sshd.user(), sshd.identity(), 1, 2, CONNECT_TIMEOUT, HEARTBEAT, Duration.ofHours(1), 2));

        for (int i = 0; i < 6; i++) {
            assertThat(run("true").ending()).isEqualTo(new Ending.Exited(0));
        }

        await().atMost(CONNECT_TIMEOUT).until(() -> pool.idle() == 1);
        assertThat(pool.dialled()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void aSessionThatIsTooOldIsReplaced() throws Exception {
        usePool(new BridgeSettings(
                sshd.user(), sshd.identity(), 1, 2, CONNECT_TIMEOUT, Duration.ofSeconds(1), Duration.ofSeconds(1), 9));
        pool.prepare(List.of(host));

        await().atMost(CONNECT_TIMEOUT).until(() -> pool.dialled() >= 2 && pool.idle() == 1);
    }

    @Test
    void anotherHostKeyIsNotBelieved(@TempDir Path elsewhere) throws Exception {
        try (var other = RunningSshd.withShell(elsewhere)) {
            host = sshd.host("fs1a", other.hostKey());

            assertThatThrownBy(() -> run("true"))
                    .isInstanceOf(FileServerUnavailable.class)
                    .hasMessageContaining("another host key");
        }
        assertThat(sshd.log()).doesNotContain("Accepted publickey").doesNotContain("Failed publickey");
        assertThat(pool.open()).isZero();
    }

    /** What follows the packet's length and padding is a key exchange whose lists would be longer than the packet. */
    @Test
    void aServerThatTalksNonsenseIsUnavailableAndTakesNoPlaces() throws Exception {
        usePool(settings(0, 2));
        var nonsense = new byte[8 + 1024];
        Arrays.fill(nonsense, (byte) 0x7f);
        ByteBuffer.wrap(nonsense).putInt(1028 - 8).put((byte) 4).put((byte) 20);
        var right = host;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            threads.execute(() -> answerEach(listener, "SSH-2.0-x\r\n".getBytes(UTF_8), nonsense));
            host = new FileServerHost("fs1a", "127.0.0.1", listener.getLocalPort(), sshd.hostKey());
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> run("true"))
                        .isInstanceOf(FileServerUnavailable.class)
                        .hasMessageContaining("cannot be logged in to");
            }
        }
        assertThat(pool.open()).isZero();
        host = right;
        assertThat(run("true").ending()).isEqualTo(new Ending.Exited(0));
    }

    private static void answerEach(ServerSocket listener, byte[]... answer) {
        while (!listener.isClosed()) {
            try (var client = listener.accept()) {
                for (var part : answer) {
                    client.getOutputStream().write(part);
                }
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException _) {
                // The gate hung up, or the test is over.
            }
        }
    }

    @Test
    void sessionsThatDiedAreReplacedInSilence() throws Exception {
        pool.prepare(List.of(host));
        await().atMost(CONNECT_TIMEOUT).until(() -> pool.idle() == 2);

        sshd.restart();

        assertThat(run("echo again").out()).isEqualTo("again\n");
    }

    @Test
    @Timeout(60)
    void aServerThatIsGoneIsToldAtOnce() throws Exception {
        assertThat(run("true").ending()).isEqualTo(new Ending.Exited(0));
        sshd.kill();

        assertThatThrownBy(() -> run("true")).isInstanceOf(FileServerUnavailable.class);
    }

    @Test
    @Timeout(60)
    void aServerThatIsFrozenIsToldWithinTheConnectTimeout() throws Exception {
        var timeout = Duration.ofSeconds(4);
        usePool(settings(2, 8, timeout, Duration.ofSeconds(30)));
        pool.prepare(List.of(host));
        await().atMost(CONNECT_TIMEOUT).until(() -> pool.idle() == 2);
        sshd.freeze();

        assertThatThrownBy(() -> run("true")).isInstanceOf(FileServerUnavailable.class);
    }

    /** A crowd that reads from it would otherwise wait for the whole connect timeout each before its stand-by is tried. */
    @Test
    @Timeout(90)
    void aSilentServerIsPassedByUntilItAnswers() throws Exception {
        usePool(settings(0, 8, Duration.ofSeconds(2), Duration.ofSeconds(30)));
        sshd.freeze();
        for (int dial = 0; dial < 2; dial++) {
            assertThatThrownBy(() -> run("true")).isInstanceOf(FileServerUnavailable.class);
        }

        var reasons = new ArrayList<String>();
        for (int request = 0; request < 100; request++) {
            try {
                run("true");
            } catch (FileServerUnavailable e) {
                reasons.add(String.valueOf(e.getMessage()));
            }
        }
        assertThat(reasons).hasSize(100);
        assertThat(reasons)
                .filteredOn(reason -> reason.contains("is being tried again"))
                .hasSizeGreaterThan(90);

        sshd.thaw();
        await().atMost(CONNECT_TIMEOUT)
                .ignoreExceptionsInstanceOf(FileServerUnavailable.class)
                .until(() -> run("echo back").out().equals("back\n"));
    }

    @Test
    @Timeout(60)
    void aCommandOnAServerThatFreezesIsLostAfterThreeHeartbeats() throws Exception {
        try (var command =
                pool.start(host, "cat", Map.of(), OutputStream.nullOutputStream(), OutputStream.nullOutputStream())) {
            sshd.freeze();

            assertThat(command.await()).isInstanceOf(Ending.Lost.class);
        }
    }

    @Test
    @Timeout(60)
    void aPushIntoAServerThatFreezesIsLost() throws Exception {
        var sent = new AtomicLong();
        Thread writer;
        try (var command = pool.start(
                host, "cat >/dev/null", Map.of(), OutputStream.nullOutputStream(), OutputStream.nullOutputStream())) {
            writer = Thread.ofVirtual().start(() -> {
                var chunk = noise(64 * 1024);
                try (var in = command.stdin()) {
                    while (true) {
                        in.write(chunk);
                        sent.addAndGet(chunk.length);
                    }
                } catch (IOException _) {
                    // It ends with the command.
                }
            });
            await().atMost(CONNECT_TIMEOUT).until(() -> sent.get() > 4_000_000);
            sshd.freeze();

            assertThat(command.await()).isInstanceOf(Ending.Lost.class);
        }
        writer.join();
    }

    @Test
    void aCommandThatIsSlowToReadIsNotTakenForALostOne() throws Exception {
        usePool(settings(2, 8, CONNECT_TIMEOUT, Duration.ofSeconds(1)));

        var result = run("sleep 5; wc -c", noise(8_000_000), Map.of());

        assertThat(result.ending()).isEqualTo(new Ending.Exited(0));
        assertThat(result.out().strip()).isEqualTo("8000000");
    }

    @Test
    void aQuietCommandIsNotTakenForALostOne() throws Exception {
        assertThat(run("sleep 9; echo done").out()).isEqualTo("done\n");
    }

    @Test
    void fiftyAtOnceShareTheSlots() throws Exception {
        usePool(settings(2, 8, Duration.ofMinutes(1), HEARTBEAT));
        var commands = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 50; i++) {
            commands.add(() -> {
                var result = run("sleep 0.05; echo x");
                assertThat(result.ending()).isEqualTo(new Ending.Exited(0));
                return pool.open();
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.invokeAll(commands))
                    .allSatisfy(open -> assertThat(open.get()).isLessThanOrEqualTo(8));
        }
        assertThat(sshd.connections()).isLessThanOrEqualTo(8);
    }

    @Test
    void waitingForASlotEnds() throws Exception {
        usePool(settings(0, 1));
        try (var _ =
                pool.start(host, "cat", Map.of(), OutputStream.nullOutputStream(), OutputStream.nullOutputStream())) {
            assertThatThrownBy(() -> run("true"))
                    .isInstanceOf(FileServerUnavailable.class)
                    .hasMessageContaining("in use");
        }
        assertThat(run("true").ending()).isEqualTo(new Ending.Exited(0));
    }

    @Test
    void closingLeavesNothingBehind() throws Exception {
        var running =
                pool.start(host, "cat", Map.of(), OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
        await().atMost(CONNECT_TIMEOUT).until(() -> pool.open() == 3);

        pool.close();

        assertThat(running.await()).isInstanceOf(Ending.Lost.class);
        assertThat(pool.open()).isZero();
        await().atMost(CONNECT_TIMEOUT).until(() -> sshd.connections() == 0);
        assertThatThrownBy(() -> run("true")).isInstanceOf(FileServerUnavailable.class);
        assertThat(VirtualThreads.names()).noneMatch(name -> name.startsWith("bridge-") || name.contains("127.0.0.1"));
    }

    @Test
    void whatCouldBeReadAsTwoLinesIsNotSent() {
        assertThatThrownBy(() -> run("true\nfalse")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> run("true", new byte[0], Map.of("GERVE_KEY", "a\nb")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aServerThatTakesNoCommandsIsUnavailable() throws Exception {
        restart("MaxSessions 0");

        assertThatThrownBy(() -> run("true"))
                .isInstanceOf(FileServerUnavailable.class)
                .hasMessageContaining("did not take the command");
    }

    @Test
    void aServerThatDoesNotKnowTheGateIsUnavailable() throws Exception {
        Files.writeString(home.resolve("sshd/authorized_keys"), "");

        assertThatThrownBy(() -> run("true")).isInstanceOf(FileServerUnavailable.class);
    }

    @Test
    void theKeyExchangeWithstandsQuantumComputers() throws Exception {
        restart("LogLevel DEBUG1");

        assertThat(run("true").ending()).isEqualTo(new Ending.Exited(0));

        assertThat(sshd.log())
                .containsPattern("kex: algorithm: (mlkem768x25519-sha256|sntrup761x25519-sha512)")
                .containsPattern("kex: client->server cipher: aes128-gcm@openssh.com")
                .containsPattern("kex: server->client cipher: aes128-gcm@openssh.com");
    }

    @Test
    void gitSpeaksItsProtocolThroughIt() throws Exception {
        pool.close();
        sshd.close();
        sshd = RunningSshd.withGitShell(home.resolve("git"));
        host = sshd.host("fs1a");
        pool = new FileServerPool(settings(1, 2));
        var repository = sshd.root().resolve("a/a8/e2/95/mojombo/bert.git");
        assertThat(new ProcessBuilder("git", "init", "-q", "--bare", repository.toString())
                        .start()
                        .waitFor())
                .isZero();
        var flush = "0000".getBytes(UTF_8);

        var result = run("git-upload-pack 'a/a8/e2/95/mojombo/bert.git'", flush, Map.of("GIT_PROTOCOL", "version=2"));

        assertThat(result.ending()).isEqualTo(new Ending.Exited(0));
        assertThat(result.out()).contains("version 2");
        assertThat(run("cat /etc/passwd").ending()).isEqualTo(new Ending.Exited(128));
    }

    private void restart(String... settings) throws IOException {
        pool.close();
        sshd.close();
        sshd = RunningSshd.withShell(home.resolve("other"), settings);
        host = sshd.host("fs1a");
        pool = new FileServerPool(settings(2, 8));
    }

    private void usePool(BridgeSettings settings) {
        pool.close();
        pool = new FileServerPool(settings);
    }
}
