package io.gerve.ssh;

import static io.gerve.ssh.ScriptedClient.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.gerve.config.FrontendSettings.Limits;
import io.gerve.config.IpNetwork;
import io.gerve.ssh.RunningFrontend.Ran;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long connections may last, how many there may be, and how they end. */
class ConnectionLifeIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path home;

    private static Limits limits(int connections, int perAddress) {
        return new Limits(128, connections, perAddress, 100, 50, 10, 10);
    }

    private RunningFrontend behind(IpNetwork... balancers) throws Exception {
        return new RunningFrontend(
                home, RunningFrontend.LIMITS, RunningFrontend.TIMES, List.of(balancers), RekeyLimit.RECOMMENDED);
    }

    /** @return whether the other end closes within the limit, whatever it says before */
    private static boolean isCut(Socket socket) throws IOException {
        socket.setSoTimeout((int) LIMIT.toMillis());
        try {
            socket.getInputStream().readAllBytes();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private static Socket connect(RunningFrontend door, byte[] first) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port());
        socket.getOutputStream().write(first);
        return socket;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Holding a key exchange open held memory and a thread in other servers. */
    @Test
    void whoDoesNotFinishAKeyExchangeIsCut() throws Exception {
        try (var door = RunningFrontend.with(
                        home,
                        RunningFrontend.LIMITS,
                        new FrontendTimeouts().keyExchange(1).get());
                Socket silent = connect(door, new byte[0]);
                Socket greeted = connect(door, ascii("SSH-2.0-slow\r\n"))) {
            assertThat(isCut(silent)).isTrue();
            assertThat(isCut(greeted)).isTrue();
            try (var client = new ScriptedClient(door.port(), signed(door.user, "ssh-ed25519", door.user))) {
                assertThat(client.isLetIn()).isTrue();
                client.openKeyExchange();
                await().atMost(LIMIT).until(() -> door.listener.connections() == 0);
            }
        }
    }

    @Test
    void whoDoesNotLogInIsCut() throws Exception {
        try (var door = RunningFrontend.with(
                        home,
                        RunningFrontend.LIMITS,
                        new FrontendTimeouts().loginGrace(1).get());
                var client = new ScriptedClient(door.port())) {
            assertThat(client.session.isOpen()).isTrue();
            await().atMost(LIMIT).until(() -> !client.session.isOpen());
        }
    }

    /** Each answer to a message that means nothing waited in memory, and a client without a key could have 200 000 of them wait. */
    @Test
    void whoTalksNonsenseInsteadOfLoggingInIsCut() throws Exception {
        try (var door = new RunningFrontend(home);
                var client = new ScriptedClient(door.port())) {
            for (int i = 0; i < 9; i++) {
                client.session.writePacket(client.session.createBuffer((byte) 150, 16));
            }
            await().atMost(LIMIT).until(() -> !client.session.isOpen());
            await().atMost(LIMIT).until(() -> door.listener.connections() == 0);
        }
    }

    @Test
    void whoRunsNothingIsCutAndWhoRunsACommandIsNot() throws Exception {
        try (var door = RunningFrontend.with(
                        home,
                        RunningFrontend.LIMITS,
                        new FrontendTimeouts().idle(1).heartbeat(1).get());
                var busy = new ScriptedClient(door.port(), signed(door.user, "ssh-ed25519", door.user));
                var idle = new ScriptedClient(door.port(), signed(door.user, "ssh-ed25519", door.user))) {
            assertThat(busy.isLetIn()).isTrue();
            var channel = new ProbingChannel(busy.session);
            assertThat(channel.isAccepted("exec", "wait")).isTrue();
            assertThat(idle.isLetIn()).isTrue();
            await().atMost(LIMIT).until(() -> !idle.session.isOpen());
            assertThat(busy.session.isOpen()).isTrue();
        }
    }

    @Test
    void bothSidesAreHeardOfWhileNothingElseIsSaid() throws Exception {
        var times = new FrontendTimeouts().heartbeat(1).get();
        try (var door = RunningFrontend.with(home, RunningFrontend.LIMITS, times)) {
            List<String> verbose = door.ssh(door.user, List.of("-vvv"), "wait");
            Process ssh = new ProcessBuilder(verbose).start();
            try (var err = new BufferedReader(new InputStreamReader(ssh.getErrorStream(), StandardCharsets.UTF_8))) {
                AtomicInteger heartbeats = new AtomicInteger();
                CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> err.lines()
                        .filter(line -> line.contains("rtype keepalive@openssh.com want_reply 1"))
                        .forEach(_ -> heartbeats.incrementAndGet()));
                await().atMost(LIMIT).until(() -> heartbeats.get() >= 3);
                ssh.destroyForcibly();
                reading.exceptionally(_ -> null).get(20, TimeUnit.SECONDS);
            } finally {
                ssh.destroyForcibly();
            }
        }
    }

    @Test
    void whoNeverAnswersIsCutAfterTheSilence() throws Exception {
        var times = new FrontendTimeouts().heartbeat(1).silence(3).get();
        try (var door = RunningFrontend.with(home, RunningFrontend.LIMITS, times)) {
            Process ssh = door.start("wait");
            try {
                assertThat(ssh.getInputStream().readNBytes(8)).isEqualTo(ascii("waiting\n"));
                new ProcessBuilder("kill", "-STOP", Long.toString(ssh.pid()))
                        .start()
                        .waitFor();
                await().atMost(LIMIT).until(() -> door.listener.connections() == 0);
                await().atMost(LIMIT).until(() -> door.commands.endings.contains("wait: interrupted"));
            } finally {
                ssh.destroyForcibly();
            }
        }
    }

    @Test
    void overTheLimitsAClientIsToldSo() throws Exception {
        for (Limits limits : List.of(limits(2, 100), limits(100, 2))) {
            Path own = Files.createTempDirectory(home, "door");
            try (var door = RunningFrontend.with(own, limits, RunningFrontend.TIMES)) {
                try (Socket first = connect(door, new byte[0]);
                        Socket second = connect(door, new byte[0])) {
                    await().atMost(LIMIT).until(() -> door.listener.connections() == 2);
                    assertThat(List.of(first, second)).allMatch(Socket::isConnected);
                    var ran = door.run("whoami");
                    assertThat(ran.status()).isEqualTo(255);
                    assertThat(ran.stderr()).contains("Too many connections").contains("try again");
                }
                await().atMost(LIMIT).until(() -> door.listener.connections() == 0);
                assertThat(door.run("whoami").status()).isZero();
            }
        }
    }

    /** A database that hangs froze other people's sessions for 20 seconds on MINA's default threads. */
    @Test
    void aSlowLookUpHoldsUpNobodyElse() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        RegisteredKeys quick = new RegisteredKeys();
        AtomicInteger slow = new AtomicInteger();
        SshKey stuck = SshKey.generate(home, "stuck", "ed25519");
        var stuckFingerprint = stuck.fingerprint();
        try (var door = new RunningFrontend(
                home, RunningFrontend.LIMITS, RunningFrontend.TIMES, List.of(), RekeyLimit.RECOMMENDED, key -> {
                    if (key.equals(stuckFingerprint)) {
                        slow.incrementAndGet();
                        try {
                            release.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                    return quick.find(key);
                })) {
            quick.register(door.user.fingerprint());
            List<Process> waiting = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                waiting.add(new ProcessBuilder(door.ssh(stuck, List.of(), "whoami")).start());
            }
            await().atMost(LIMIT).until(() -> slow.get() == 8);
            assertThat(door.run("whoami").status()).isZero();
            assertThat(slow.get()).isEqualTo(8);
            release.countDown();
            for (Process each : waiting) {
                assertThat(each.waitFor(20, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void drainingLetsCommandsEndAndClosesTheRest() throws Exception {
        try (var door = new RunningFrontend(home);
                var idle = new ScriptedClient(door.port(), signed(door.user, "ssh-ed25519", door.user));
                var busy = new ScriptedClient(door.port(), signed(door.user, "ssh-ed25519", door.user))) {
            assertThat(idle.isLetIn()).isTrue();
            assertThat(idle.run("whoami")).isNotEmpty();
            assertThat(busy.isLetIn()).isTrue();
            var channel = new ProbingChannel(busy.session);
            assertThat(channel.isAccepted("exec", "count")).isTrue();
            Thread drain = Thread.ofVirtual().start(() -> door.listener.drain(Duration.ofSeconds(30)));
            await().atMost(LIMIT).until(() -> !idle.session.isOpen());
            assertThat(busy.session.isOpen()).isTrue();
            assertThat(catchThrowable(() -> new Socket(InetAddress.getLoopbackAddress(), door.port())))
                    .isNotNull();
            channel.endInput();
            assertThat(channel.exitStatus()).isZero();
            assertThat(channel.stdout).hasToString("0\n");
            assertThat(drain.join(LIMIT)).isTrue();
        }
    }

    /** Whoever connected and said nothing, as port scanners do, had every running command cut when the program was to stop. */
    @Test
    void drainingCutsWhoHasNotLoggedInAndNobodyElse() throws Exception {
        try (var door = new RunningFrontend(home);
                var busy = new ScriptedClient(door.port(), signed(door.user, "ssh-ed25519", door.user));
                Socket silent = connect(door, new byte[0]);
                Socket greeted = connect(door, ascii("SSH-2.0-slow\r\n"));
                var halfway = new ScriptedClient(door.port())) {
            assertThat(busy.isLetIn()).isTrue();
            var channel = new ProbingChannel(busy.session);
            assertThat(channel.isAccepted("exec", "count")).isTrue();
            await().atMost(LIMIT).until(() -> door.listener.connections() == 4);
            Thread drain = Thread.ofVirtual().start(() -> door.listener.drain(Duration.ofSeconds(30)));
            assertThat(isCut(silent)).isTrue();
            assertThat(isCut(greeted)).isTrue();
            await().atMost(LIMIT).until(() -> !halfway.session.isOpen());
            assertThat(busy.session.isOpen()).isTrue();
            channel.endInput();
            assertThat(channel.exitStatus()).isZero();
            assertThat(channel.stdout).hasToString("0\n");
            assertThat(drain.join(LIMIT)).isTrue();
        }
    }

    @Test
    void whatStillRunsAtTheEndOfADrainSaysItsLastWords() throws Exception {
        try (var door = new RunningFrontend(home)) {
            CompletableFuture<Ran> ran = CompletableFuture.supplyAsync(() -> {
                try {
                    return door.run("wait");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            await().atMost(LIMIT).until(() -> !door.commands.seen.isEmpty());
            door.listener.drain(Duration.ofMillis(100));
            Ran ended = ran.get(20, TimeUnit.SECONDS);
            assertThat(ended.stderr()).contains("ERROR: interrupted");
            assertThat(ended.status()).isEqualTo(75);
        }
    }

    @Test
    void behindABalancerTheHeadersAddressIsTheClients() throws Exception {
        try (var door = behind(IpNetwork.parse("127.0.0.0/8"))) {
            for (byte[] header : List.of(
                    ascii("PROXY TCP4 203.0.113.7 127.0.0.1 51234 22\r\n"),
                    HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000ccb0071077f000001c8220016"))) {
                Path proxy = home.resolve("proxy.py");
                Files.writeString(proxy, """
                        import socket, sys, os, threading
                        s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
                        s.sendall(bytes.fromhex(sys.argv[2]))
                        def up():
                            while True:
                                d = os.read(0, 65536)
                                if not d: break
                                s.sendall(d)
                        threading.Thread(target=up, daemon=True).start()
                        while True:
                            d = s.recv(65536)
                            if not d: break
                            os.write(1, d)
                        """);
                String command = "ProxyCommand=python3 " + proxy + " " + door.port() + " "
                        + HexFormat.of().formatHex(header);
                var ran = door.run(door.user, List.of("-o", command), new byte[0], "address");
                assertThat(ran.text()).isEqualTo("203.0.113.7\n");
            }
        }
    }

    /** sshd-contrib's acceptors take connections with no header and with garbage, from anybody. */
    @Test
    void behindABalancerNoHeaderAndGarbageAreRefused() throws Exception {
        try (var door = behind(IpNetwork.parse("127.0.0.0/8"));
                Socket none = connect(door, new byte[0]);
                Socket ssh = connect(door, ascii("SSH-2.0-x\r\n"));
                Socket garbage = connect(door, ascii("PROXY TCP4 nowhere\r\n"));
                Socket unfinished = connect(door, ascii("PROXY TCP4 203.0."))) {
            for (Socket each : List.of(none, ssh, garbage, unfinished)) {
                assertThat(isCut(each)).isTrue();
            }
            assertThat(door.run("whoami").status()).isEqualTo(255);
        }
    }

    @Test
    void aHeaderFromAnybodyElseIsRefused() throws Exception {
        try (var door = behind(IpNetwork.parse("192.0.2.0/24"));
                Socket liar = connect(door, ascii("PROXY TCP4 203.0.113.7 127.0.0.1 51234 22\r\nSSH-2.0-x\r\n"))) {
            assertThat(isCut(liar)).isTrue();
            assertThat(door.run("address").text()).isEqualTo("127.0.0.1\n");
        }
    }
}
