package io.gerve.ssh;

import static io.gerve.ssh.ScriptedClient.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.ssh.algorithm.CipherSwitch;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests of bytes, end of file and exit statuses. Keys are re-exchanged every megabyte, many times in most tests.
 */
class StreamsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    static Path home;

    private static RunningFrontend frontend;

    @BeforeAll
    static void start() throws Exception {
        var timeouts = new FrontendTimeouts().keepaliveInterval(1).get();
        frontend = new RunningFrontend(
                home, RunningFrontend.LIMITS, timeouts, List.of(), new RekeyLimit(1 << 20, Duration.ofHours(1)));
    }

    @AfterAll
    static void stop() {
        frontend.close();
    }

    @Test
    void bytesAreUnchangedInBothDirectionsAcrossKeyReExchanges() throws Exception {
        byte[] data = new byte[30_000_000];
        new Random(3).nextBytes(data);
        var result = frontend.run(frontend.user, List.of(), data, "cat");
        assertThat(result.status()).isZero();
        assertThat(Arrays.equals(result.stdout(), data)).isTrue();
    }

    @Test
    void longOpensshTransfersSwitchToGcmAndShortOnesDoNot() throws Exception {
        byte[] data = new byte[3 * (int) CipherSwitch.BYTES];
        new Random(5).nextBytes(data);
        List<String> ctrFirst = List.of("-v", "-c", "aes128-ctr,aes256-ctr,aes256-gcm@openssh.com");
        try (var usual = RunningFrontend.with(
                Files.createTempDirectory(home, "frontend"), RunningFrontend.LIMITS, RunningFrontend.TIMEOUTS)) {
            var echoed = usual.run(usual.user, ctrFirst, data, "cat");
            assertThat(Arrays.equals(echoed.stdout(), data)).isTrue();
            assertThat(ciphersOf(echoed)).containsExactly("aes128-ctr", "aes256-gcm@openssh.com");
            assertThat(ciphersOf(usual.run(usual.user, ctrFirst, data, "count")))
                    .containsExactly("aes128-ctr", "aes256-gcm@openssh.com");
            assertThat(ciphersOf(usual.run(usual.user, ctrFirst, new byte[1000], "cat")))
                    .containsExactly("aes128-ctr");
            assertThat(ciphersOf(usual.run(usual.user, List.of("-v", "-c", "aes256-ctr"), data, "cat")))
                    .as("client without AES-GCM")
                    .containsExactly("aes256-ctr");
            assertThat(ciphersOf(usual.run(usual.user, List.of("-v", "-c", "aes128-gcm@openssh.com"), data, "cat")))
                    .containsExactly("aes128-gcm@openssh.com");
        }
    }

    /** Returns the cipher of each key exchange, in order. */
    private static List<String> ciphersOf(RunningFrontend.CommandResult result) {
        assertThat(result.status()).as(result.stderr()).isZero();
        return Pattern.compile("kex: server->client cipher: (\\S+)")
                .matcher(result.stderr())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void exitStatusAndSignalFollowTheLastOutput() throws Exception {
        var result = frontend.run("exit", "17");
        assertThat(result.status()).isEqualTo(17);
        assertThat(result.text()).isEqualTo("out");
        assertThat(result.stderr()).contains("err");
        var signalled = frontend.run("signal", "TERM");
        assertThat(signalled.status()).isEqualTo(255);
    }

    /** MINA waits 5 ms for the exit status of a command, and other servers have lost it behind EOF or close. */
    @Test
    void manyShortCommandsAllGetStatusAndOutput() throws Exception {
        List<Future<?>> all = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int c = 0; c < 5; c++) {
                var client = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user));
                assertThat(client.authenticate()).isTrue();
                for (int t = 0; t < 5; t++) {
                    all.add(threads.submit(() -> {
                        for (int i = 0; i < 20; i++) {
                            try (var channel = new ProbingChannel(client.session)) {
                                assertThat(channel.isAccepted("exec", "exit " + i))
                                        .isTrue();
                                assertThat(channel.exitStatus()).isEqualTo(i);
                                assertThat(channel.stdout).hasToString("out");
                                assertThat(channel.stderr).hasToString("err");
                            }
                        }
                        return null;
                    }));
                }
            }
            for (Future<?> each : all) {
                each.get(60, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void endOfFileReachesTheCommandAndOutputContinues() throws Exception {
        var result = frontend.run(frontend.user, List.of(), new byte[3_000_000], "count");
        assertThat(result.text()).isEqualTo("3000000\n");
        assertThat(result.status()).isZero();
    }

    /** A laptop that sleeps, or a pager that waits. MINA's write timeout would end the connection after 30 seconds. */
    @Test
    void suspendedClientReceivesAllBytes() throws Exception {
        long length = 60_000_000;
        Process ssh = frontend.start("pattern", Long.toString(length));
        try (InputStream out = ssh.getInputStream()) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[65536];
            long read = out.readNBytes(buffer, 0, 65536);
            digest.update(buffer, 0, (int) read);
            signal(ssh, "STOP");
            long stopped = System.nanoTime();
            await().atMost(LIMIT)
                    .until(() ->
                            System.nanoTime() - stopped > Duration.ofSeconds(4).toNanos());
            assertThat(frontend.listener.connections()).isPositive();
            signal(ssh, "CONT");
            for (int n = out.read(buffer); n >= 0; n = out.read(buffer)) {
                digest.update(buffer, 0, n);
                read += n;
            }
            assertThat(ssh.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(ssh.exitValue()).isZero();
            assertThat(read).isEqualTo(length);
            assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(patternDigest(length));
        } finally {
            ssh.destroyForcibly();
        }
    }

    /** The hourly key re-exchange disconnected a laptop that slept for more than kex_timeout at that moment. */
    @Test
    void suspendedClientOutlivesTheFrontendsKeyReExchange() throws Exception {
        var timeouts = new FrontendTimeouts().keepaliveInterval(1).kexTimeout(2).get();
        var rekeying = new RekeyLimit(1 << 30, Duration.ofSeconds(2));
        Path own = Files.createTempDirectory(home, "frontend");
        try (var asleep = new RunningFrontend(own, RunningFrontend.LIMITS, timeouts, List.of(), rekeying)) {
            Process ssh = asleep.start("count");
            try {
                await().atMost(LIMIT).until(() -> !asleep.commands.requests.isEmpty());
                signal(ssh, "STOP");
                await().during(Duration.ofSeconds(7)).atMost(LIMIT).until(() -> asleep.listener.connections() == 1);
                signal(ssh, "CONT");
                ssh.getOutputStream().close();
                assertThat(ssh.getInputStream().readAllBytes()).isEqualTo("0\n".getBytes(StandardCharsets.UTF_8));
                assertThat(ssh.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(ssh.exitValue()).isZero();
            } finally {
                ssh.destroyForcibly();
            }
        }
    }

    private static void signal(Process process, String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static String patternDigest(long length) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] block = new byte[32768];
        for (int i = 0; i < block.length; i++) {
            block[i] = (byte) ((i * 31) >> 3);
        }
        for (long left = length; left > 0; left -= Math.min(left, block.length)) {
            digest.update(block, 0, (int) Math.min(left, block.length));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void commandEndsWhenTheClientIsGone() throws Exception {
        for (String command : List.of("wait", "cat", "pattern 100000000000")) {
            int before = frontend.commands.endings.size();
            Process ssh = frontend.start(command);
            await().atMost(LIMIT)
                    .until(() -> frontend.commands.requests.getLast().execLine().equals(command));
            ssh.destroyForcibly().waitFor();
            await().atMost(LIMIT).until(() -> frontend.commands.endings.size() > before);
        }
    }

    /** The attack: a client grants a window of 4 GiB and does not read, so that waiting output fills the memory. */
    @Test
    void hugeClientWindowDoesNotEnlargeTheBuffer() throws Exception {
        try (var client = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user))) {
            CoreModuleProperties.WINDOW_SIZE.set(client.session, 0xffff_0000L);
            assertThat(client.authenticate()).isTrue();
            ClientChannel channel = client.session.createExecChannel("pattern 5000000000");
            channel.setOut(new OutputStream() {
                @Override
                public void write(int b) {
                    throw new IllegalStateException("not used");
                }

                @Override
                public void write(byte[] data, int offset, int length) throws IOException {
                    try {
                        Thread.sleep(Duration.ofMinutes(1));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new InterruptedIOException();
                    }
                }
            });
            channel.open().verify(LIMIT);
            await().atMost(LIMIT)
                    .until(() -> frontend.commands.requests.getLast().execLine().equals("pattern 5000000000"));
            Runtime runtime = Runtime.getRuntime();
            await().during(Duration.ofSeconds(2))
                    .atMost(LIMIT)
                    .until(() -> runtime.totalMemory() - runtime.freeMemory() < 500_000_000);
        }
    }

    /**
     * The attack: to open ten channels without a command and send two megabytes on each, to fill the memory of an idle
     * gate.
     */
    @Test
    void dataBeforeACommandClosesTheChannel() throws Exception {
        try (var client = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user))) {
            assertThat(client.authenticate()).isTrue();
            var channel = new ProbingChannel(client.session);
            assertThat(channel.getRemoteWindow().getSize()).isLessThanOrEqualTo(1 << 16);
            Buffer data = client.session.createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, 64);
            data.putUInt(channel.getRecipient());
            data.putString("too early");
            channel.writePacket(data);
            await().atMost(LIMIT).until(channel::isClosed);
            assertThat(client.session.isOpen()).isTrue();
        }
    }

    /** The client of a command that does not read must wait; that of one that reads gets a large window. */
    @Test
    void windowGrowsOnlyWhenTheCommandReads() throws Exception {
        try (var client = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user))) {
            assertThat(client.authenticate()).isTrue();
            var notReading = new ProbingChannel(client.session);
            assertThat(notReading.isAccepted("exec", "wait")).isTrue();
            await().atMost(LIMIT).until(() -> notReading.stdout.size() > 0);
            var reading = client.session.createExecChannel("count");
            reading.open().verify(LIMIT);
            reading.getInvertedIn().write(new byte[8 << 20]);
            reading.getInvertedIn().flush();
            await().atMost(LIMIT).until(() -> reading.getRemoteWindow().getSize() > 1 << 20);
            assertThat(notReading.getRemoteWindow().getSize()).isLessThanOrEqualTo(1 << 16);
        }
    }

    @Test
    void multiplexedOpensshConnectionRunsManyCommands() throws Exception {
        List<String> master = List.of(
                "-o", "ControlMaster=auto", "-o", "ControlPath=" + home.resolve("mux"), "-o", "ControlPersist=20");
        for (int i = 0; i < 10; i++) {
            assertThat(frontend.run(
                                    frontend.user,
                                    master,
                                    "x".getBytes(StandardCharsets.UTF_8),
                                    "exit",
                                    Integer.toString(i))
                            .status())
                    .isEqualTo(i);
        }
        List<String> stop = new ArrayList<>(master);
        stop.addAll(List.of("-O", "exit"));
        frontend.run(frontend.user, stop, new byte[0]);
    }
}
