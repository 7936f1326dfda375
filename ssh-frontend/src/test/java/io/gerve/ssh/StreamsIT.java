package io.gerve.ssh;

import static io.gerve.ssh.ScriptedClient.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

/** Bytes, ends and statuses cross unchanged. Keys are changed every megabyte, so that most tests do so many times. */
class StreamsIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    static Path home;

    private static RunningFrontend door;

    @BeforeAll
    static void start() throws Exception {
        var times = new FrontendTimeouts().heartbeat(1).get();
        door = new RunningFrontend(
                home, RunningFrontend.LIMITS, times, List.of(), new RekeyLimit(1 << 20, Duration.ofHours(1)));
    }

    @AfterAll
    static void stop() {
        door.close();
    }

    @Test
    void bytesCrossUnchangedBothWaysThroughManyKeyExchanges() throws Exception {
        byte[] data = new byte[30_000_000];
        new Random(3).nextBytes(data);
        var ran = door.run(door.user, List.of(), data, "cat");
        assertThat(ran.status()).isZero();
        assertThat(Arrays.equals(ran.stdout(), data)).isTrue();
    }

    @Test
    void longTransfersOfOpensshComeToUseGcmAndShortOnesChangeNoKeys() throws Exception {
        byte[] data = new byte[3 * (int) CipherSwitch.BYTES];
        new Random(5).nextBytes(data);
        List<String> slowFirst = List.of("-v", "-c", "aes128-ctr,aes256-ctr,aes256-gcm@openssh.com");
        try (var usual = RunningFrontend.with(
                Files.createTempDirectory(home, "door"), RunningFrontend.LIMITS, RunningFrontend.TIMES)) {
            var echoed = usual.run(usual.user, slowFirst, data, "cat");
            assertThat(Arrays.equals(echoed.stdout(), data)).isTrue();
            assertThat(ciphersOf(echoed)).containsExactly("aes128-ctr", "aes256-gcm@openssh.com");
            assertThat(ciphersOf(usual.run(usual.user, slowFirst, data, "count")))
                    .containsExactly("aes128-ctr", "aes256-gcm@openssh.com");
            assertThat(ciphersOf(usual.run(usual.user, slowFirst, new byte[1000], "cat")))
                    .containsExactly("aes128-ctr");
            assertThat(ciphersOf(usual.run(usual.user, List.of("-v", "-c", "aes256-ctr"), data, "cat")))
                    .as("who has no other")
                    .containsExactly("aes256-ctr");
            assertThat(ciphersOf(usual.run(usual.user, List.of("-v", "-c", "aes128-gcm@openssh.com"), data, "cat")))
                    .containsExactly("aes128-gcm@openssh.com");
        }
    }

    /** Of each key exchange, in turn. */
    private static List<String> ciphersOf(RunningFrontend.Ran ran) {
        assertThat(ran.status()).as(ran.stderr()).isZero();
        return Pattern.compile("kex: server->client cipher: (\\S+)")
                .matcher(ran.stderr())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void statusesAndSignalsAreToldAfterTheLastOutput() throws Exception {
        var ran = door.run("exit", "17");
        assertThat(ran.status()).isEqualTo(17);
        assertThat(ran.text()).isEqualTo("out");
        assertThat(ran.stderr()).contains("err");
        var signalled = door.run("signal", "TERM");
        assertThat(signalled.status()).isEqualTo(255);
    }

    /** MINA gives a command 5 ms to say its status, and other servers have lost it behind EOF or close. */
    @Test
    void everyOneOfManyShortCommandsGetsItsStatusAndItsOutput() throws Exception {
        List<Future<?>> all = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int c = 0; c < 5; c++) {
                var client = new ScriptedClient(door.port(), signed(door.user, "ssh-ed25519", door.user));
                assertThat(client.isLetIn()).isTrue();
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
    void theClientsEndOfFileIsDeliveredAndOutputGoesOn() throws Exception {
        var ran = door.run(door.user, List.of(), new byte[3_000_000], "count");
        assertThat(ran.text()).isEqualTo("3000000\n");
        assertThat(ran.status()).isZero();
    }

    /** A laptop that sleeps, a pager that waits: MINA would give up after 30 seconds, and again after 30 more. */
    @Test
    void aStoppedClientFinishesByteExact() throws Exception {
        long length = 60_000_000;
        Process ssh = door.start("pattern", Long.toString(length));
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
            assertThat(door.listener.connections()).isPositive();
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

    /** Our own change of keys, an hour after the last, cut a laptop that slept through it for half a minute. */
    @Test
    void aStoppedClientMaySleepThroughOurChangeOfKeys() throws Exception {
        var times = new FrontendTimeouts().heartbeat(1).keyExchange(2).get();
        var rekeying = new RekeyLimit(1 << 30, Duration.ofSeconds(2));
        Path own = Files.createTempDirectory(home, "door");
        try (var asleep = new RunningFrontend(own, RunningFrontend.LIMITS, times, List.of(), rekeying)) {
            Process ssh = asleep.start("count");
            try {
                await().atMost(LIMIT).until(() -> !asleep.commands.seen.isEmpty());
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
    void whenTheClientIsGoneTheCommandLearnsOfIt() throws Exception {
        for (String command : List.of("wait", "cat", "pattern 100000000000")) {
            int before = door.commands.endings.size();
            Process ssh = door.start(command);
            await().atMost(LIMIT)
                    .until(() -> door.commands.seen.getLast().execLine().equals(command));
            ssh.destroyForcibly().waitFor();
            await().atMost(LIMIT).until(() -> door.commands.endings.size() > before);
        }
    }

    /** A window of 4 GiB and a client that does not read: what waits for it must not fill the memory. */
    @Test
    void aHugeWindowDoesNotMakeUsBufferMore() throws Exception {
        try (var client = new ScriptedClient(door.port(), signed(door.user, "ssh-ed25519", door.user))) {
            CoreModuleProperties.WINDOW_SIZE.set(client.session, 0xffff_0000L);
            assertThat(client.isLetIn()).isTrue();
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
                    .until(() -> door.commands.seen.getLast().execLine().equals("pattern 5000000000"));
            Runtime runtime = Runtime.getRuntime();
            await().during(Duration.ofSeconds(2))
                    .atMost(LIMIT)
                    .until(() -> runtime.totalMemory() - runtime.freeMemory() < 500_000_000);
        }
    }

    /** Ten channels with no command, and two megabytes sent on each, would fill the memory of a gate that runs nothing. */
    @Test
    void whatComesBeforeACommandIsNotKept() throws Exception {
        try (var client = new ScriptedClient(door.port(), signed(door.user, "ssh-ed25519", door.user))) {
            assertThat(client.isLetIn()).isTrue();
            var hasty = new ProbingChannel(client.session);
            assertThat(hasty.getRemoteWindow().getSize()).isLessThanOrEqualTo(1 << 16);
            Buffer data = client.session.createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, 64);
            data.putUInt(hasty.getRecipient());
            data.putString("too early");
            hasty.writePacket(data);
            await().atMost(LIMIT).until(hasty::isClosed);
            assertThat(client.session.isOpen()).isTrue();
        }
    }

    /** A command that never reads has the client wait; one that reads gets a window that fills a long line. */
    @Test
    void theWindowOpensWhenTheCommandReads() throws Exception {
        try (var client = new ScriptedClient(door.port(), signed(door.user, "ssh-ed25519", door.user))) {
            assertThat(client.isLetIn()).isTrue();
            var deaf = new ProbingChannel(client.session);
            assertThat(deaf.isAccepted("exec", "wait")).isTrue();
            await().atMost(LIMIT).until(() -> deaf.stdout.size() > 0);
            var reading = client.session.createExecChannel("count");
            reading.open().verify(LIMIT);
            reading.getInvertedIn().write(new byte[8 << 20]);
            reading.getInvertedIn().flush();
            await().atMost(LIMIT).until(() -> reading.getRemoteWindow().getSize() > 1 << 20);
            assertThat(deaf.getRemoteWindow().getSize()).isLessThanOrEqualTo(1 << 16);
        }
    }

    @Test
    void oneMultiplexedOpensshConnectionRunsManyCommands() throws Exception {
        List<String> master = List.of(
                "-o", "ControlMaster=auto", "-o", "ControlPath=" + home.resolve("mux"), "-o", "ControlPersist=20");
        for (int i = 0; i < 10; i++) {
            assertThat(door.run(door.user, master, "x".getBytes(StandardCharsets.UTF_8), "exit", Integer.toString(i))
                            .status())
                    .isEqualTo(i);
        }
        List<String> stop = new ArrayList<>(master);
        stop.addAll(List.of("-O", "exit"));
        door.run(door.user, stop, new byte[0]);
    }
}
