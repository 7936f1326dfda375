package io.gerve.ssh;

import static io.gerve.ssh.ScriptedClient.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.gerve.config.FrontendSettings.Limits;
import io.gerve.config.FrontendSettings.Timeouts;
import io.gerve.config.IpNetwork;
import io.gerve.ssh.RunningFrontend.CommandResult;
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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of timeouts, connection limits, drain and PROXY headers. */
class ConnectionLifeIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private static Limits limits(int connections, int perAddress) {
        return new Limits(128, connections, perAddress, 100, 50, 10, 10);
    }

    private RunningFrontend frontendBehind(IpNetwork... proxies) throws Exception {
        return new RunningFrontend(
                home, RunningFrontend.LIMITS, RunningFrontend.TIMEOUTS, List.of(proxies), RekeyLimit.RECOMMENDED);
    }

    /** Reads until the frontend closes the connection, and returns whether it does so within the limit. */
    private static boolean isClosed(Socket socket) throws IOException {
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

    private static Socket connect(RunningFrontend frontend, byte[] first) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), frontend.port());
        socket.getOutputStream().write(first);
        return socket;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The attack: to hold key exchanges open, each of which takes memory and, in some servers, a thread. */
    @Test
    void unfinishedKeyExchangeIsDisconnected() throws Exception {
        try (var frontend = RunningFrontend.with(
                        home,
                        RunningFrontend.LIMITS,
                        new FrontendTimeouts().kexTimeout(1).get());
                Socket silent = connect(frontend, new byte[0]);
                Socket greeted = connect(frontend, ascii("SSH-2.0-slow\r\n"))) {
            assertThat(isClosed(silent)).isTrue();
            assertThat(isClosed(greeted)).isTrue();
            try (var client =
                    new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user))) {
                assertThat(client.authenticate()).isTrue();
                client.openKeyExchange();
                await().atMost(LIMIT).until(() -> frontend.listener.connections() == 0);
            }
        }
    }

    @Test
    void clientThatDoesNotAuthenticateIsDisconnected() throws Exception {
        try (var frontend = RunningFrontend.with(
                        home,
                        RunningFrontend.LIMITS,
                        new FrontendTimeouts().loginGraceTime(1).get());
                var client = new ScriptedClient(frontend.port())) {
            assertThat(client.session.isOpen()).isTrue();
            await().atMost(LIMIT).until(() -> !client.session.isOpen());
        }
    }

    /**
     * The attack: to request replies without reading them. A client without a key could make 200 000 of them wait in
     * memory.
     */
    @Test
    void unauthenticatedClientThatSendsUnknownMessagesIsDisconnected() throws Exception {
        try (var frontend = new RunningFrontend(home);
                var client = new ScriptedClient(frontend.port())) {
            for (int i = 0; i < 9; i++) {
                client.session.writePacket(client.session.createBuffer((byte) 150, 16));
            }
            await().atMost(LIMIT).until(() -> !client.session.isOpen());
            await().atMost(LIMIT).until(() -> frontend.listener.connections() == 0);
        }
    }

    @Test
    void idleConnectionIsClosedAndBusyOneIsNot() throws Exception {
        try (var frontend = RunningFrontend.with(
                        home,
                        RunningFrontend.LIMITS,
                        new FrontendTimeouts()
                                .idleTimeout(1)
                                .keepaliveInterval(1)
                                .get());
                var busy = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user));
                var idle = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user))) {
            assertThat(busy.authenticate()).isTrue();
            var channel = new ProbingChannel(busy.session);
            assertThat(channel.isAccepted("exec", "wait")).isTrue();
            assertThat(idle.authenticate()).isTrue();
            await().atMost(LIMIT).until(() -> !idle.session.isOpen());
            assertThat(busy.session.isOpen()).isTrue();
        }
    }

    @Test
    void keepalivesAreSentWhileACommandIsSilent() throws Exception {
        var timeouts = new FrontendTimeouts().keepaliveInterval(1).get();
        try (var frontend = RunningFrontend.with(home, RunningFrontend.LIMITS, timeouts)) {
            List<String> verbose = frontend.ssh(frontend.user, List.of("-vvv"), "wait");
            Process ssh = new ProcessBuilder(verbose).start();
            try (var err = new BufferedReader(new InputStreamReader(ssh.getErrorStream(), StandardCharsets.UTF_8))) {
                AtomicInteger keepalives = new AtomicInteger();
                CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> err.lines()
                        .filter(line -> line.contains("rtype keepalive@openssh.com want_reply 1"))
                        .forEach(_ -> keepalives.incrementAndGet()));
                await().atMost(LIMIT).until(() -> keepalives.get() >= 3);
                ssh.destroyForcibly();
                reading.exceptionally(_ -> null).get(20, TimeUnit.SECONDS);
            } finally {
                ssh.destroyForcibly();
            }
        }
    }

    @Test
    void suspendedClientIsDisconnectedAfterClientAliveTimeout() throws Exception {
        var timeouts = new FrontendTimeouts()
                .keepaliveInterval(1)
                .clientAliveTimeout(3)
                .get();
        try (var frontend = RunningFrontend.with(home, RunningFrontend.LIMITS, timeouts)) {
            Process ssh = frontend.start("wait");
            try {
                assertThat(ssh.getInputStream().readNBytes(8)).isEqualTo(ascii("waiting\n"));
                new ProcessBuilder("kill", "-STOP", Long.toString(ssh.pid()))
                        .start()
                        .waitFor();
                await().atMost(LIMIT).until(() -> frontend.listener.connections() == 0);
                await().atMost(LIMIT).until(() -> frontend.commands.endings.contains("wait: interrupted"));
            } finally {
                ssh.destroyForcibly();
            }
        }
    }

    @Test
    void clientOverAConnectionLimitIsToldTheReason() throws Exception {
        for (Limits limits : List.of(limits(2, 100), limits(100, 2))) {
            Path own = Files.createTempDirectory(home, "frontend");
            try (var frontend = RunningFrontend.with(own, limits, RunningFrontend.TIMEOUTS)) {
                try (Socket first = connect(frontend, new byte[0]);
                        Socket second = connect(frontend, new byte[0])) {
                    await().atMost(LIMIT).until(() -> frontend.listener.connections() == 2);
                    assertThat(List.of(first, second)).allMatch(Socket::isConnected);
                    var result = frontend.run("whoami");
                    assertThat(result.status()).isEqualTo(255);
                    assertThat(result.stderr()).contains("Too many connections").contains("try again");
                }
                await().atMost(LIMIT).until(() -> frontend.listener.connections() == 0);
                assertThat(frontend.run("whoami").status()).isZero();
            }
        }
    }

    /**
     * On MINA's default threads, a database that did not respond blocked the sessions of other clients for 20 seconds.
     */
    @Test
    void slowLookUpDelaysNoOtherConnection() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        RegisteredKeys registeredKeys = new RegisteredKeys();
        AtomicInteger blockedLookUps = new AtomicInteger();
        SshKey stuck = SshKey.generate(home, "stuck", "ed25519");
        var stuckFingerprint = stuck.fingerprint();
        try (var frontend = new RunningFrontend(
                home, RunningFrontend.LIMITS, RunningFrontend.TIMEOUTS, List.of(), RekeyLimit.RECOMMENDED, key -> {
                    if (key.equals(stuckFingerprint)) {
                        blockedLookUps.incrementAndGet();
                        try {
                            release.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                    return registeredKeys.find(key);
                })) {
            registeredKeys.register(frontend.user.fingerprint());
            List<Process> waiting = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                waiting.add(new ProcessBuilder(frontend.ssh(stuck, List.of(), "whoami")).start());
            }
            await().atMost(LIMIT).until(() -> blockedLookUps.get() == 8);
            assertThat(frontend.run("whoami").status()).isZero();
            assertThat(blockedLookUps.get()).isEqualTo(8);
            release.countDown();
            for (Process each : waiting) {
                assertThat(each.waitFor(20, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void drainWaitsForCommandsAndClosesIdleConnections() throws Exception {
        try (var frontend = new RunningFrontend(home);
                var idle = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user));
                var busy = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user))) {
            assertThat(idle.authenticate()).isTrue();
            assertThat(idle.run("whoami")).isNotEmpty();
            assertThat(busy.authenticate()).isTrue();
            var channel = new ProbingChannel(busy.session);
            assertThat(channel.isAccepted("exec", "count")).isTrue();
            Thread drain = Thread.ofVirtual().start(() -> frontend.listener.drain(Duration.ofSeconds(30)));
            await().atMost(LIMIT).until(() -> !idle.session.isOpen());
            assertThat(busy.session.isOpen()).isTrue();
            assertThat(catchThrowable(() -> new Socket(InetAddress.getLoopbackAddress(), frontend.port())))
                    .isNotNull();
            channel.endInput();
            assertThat(channel.exitStatus()).isZero();
            assertThat(channel.stdout).hasToString("0\n");
            assertThat(drain.join(LIMIT)).isTrue();
        }
    }

    /**
     * The attack: to connect and send nothing, as port scanners do, so that a drain times out and interrupts all
     * running commands.
     */
    @Test
    void drainClosesUnauthenticatedConnectionsAndKeepsCommands() throws Exception {
        try (var frontend = new RunningFrontend(home);
                var busy = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user));
                Socket silent = connect(frontend, new byte[0]);
                Socket greeted = connect(frontend, ascii("SSH-2.0-slow\r\n"));
                var halfway = new ScriptedClient(frontend.port())) {
            assertThat(busy.authenticate()).isTrue();
            var channel = new ProbingChannel(busy.session);
            assertThat(channel.isAccepted("exec", "count")).isTrue();
            await().atMost(LIMIT).until(() -> frontend.listener.connections() == 4);
            Thread drain = Thread.ofVirtual().start(() -> frontend.listener.drain(Duration.ofSeconds(30)));
            assertThat(isClosed(silent)).isTrue();
            assertThat(isClosed(greeted)).isTrue();
            await().atMost(LIMIT).until(() -> !halfway.session.isOpen());
            assertThat(busy.session.isOpen()).isTrue();
            channel.endInput();
            assertThat(channel.exitStatus()).isZero();
            assertThat(channel.stdout).hasToString("0\n");
            assertThat(drain.join(LIMIT)).isTrue();
        }
    }

    @Test
    void commandInterruptedByDrainSendsItsFinalMessage() throws Exception {
        try (var frontend = new RunningFrontend(home)) {
            CompletableFuture<CommandResult> result = CompletableFuture.supplyAsync(() -> {
                try {
                    return frontend.run("wait");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            await().atMost(LIMIT).until(() -> !frontend.commands.requests.isEmpty());
            frontend.listener.drain(Duration.ofMillis(100));
            CommandResult ended = result.get(20, TimeUnit.SECONDS);
            assertThat(ended.stderr()).contains("ERROR: interrupted");
            assertThat(ended.status()).isEqualTo(75);
        }
    }

    @Test
    void addressIsTakenFromTheHeaderOfATrustedProxy() throws Exception {
        try (var frontend = frontendBehind(IpNetwork.parse("127.0.0.0/8"))) {
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
                String command = "ProxyCommand=python3 " + proxy + " " + frontend.port() + " "
                        + HexFormat.of().formatHex(header);
                var result = frontend.run(frontend.user, List.of("-o", command), new byte[0], "address");
                assertThat(result.text()).isEqualTo("203.0.113.7\n");
            }
        }
    }

    /** sshd-contrib's acceptors accept connections without a header and with garbage, from any address. */
    @Test
    void missingAndMalformedHeadersOfATrustedProxyAreRefused() throws Exception {
        try (var frontend = frontendBehind(IpNetwork.parse("127.0.0.0/8"));
                Socket none = connect(frontend, new byte[0]);
                Socket ssh = connect(frontend, ascii("SSH-2.0-x\r\n"));
                Socket garbage = connect(frontend, ascii("PROXY TCP4 nowhere\r\n"));
                Socket unfinished = connect(frontend, ascii("PROXY TCP4 203.0."))) {
            for (Socket each : List.of(none, ssh, garbage, unfinished)) {
                assertThat(isClosed(each)).isTrue();
            }
            assertThat(frontend.run("whoami").status()).isEqualTo(255);
        }
    }

    /** MINA answers such a header with a line of text and waits for the key exchange to time out. */
    @Test
    void headerFromAnUntrustedAddressIsRefusedAndCounted() throws Exception {
        byte[] version1 = ascii("PROXY TCP4 203.0.113.7 127.0.0.1 51234 22\r\n");
        byte[] version2 = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000ccb0071077f000001c8220016");
        Timeouts timeouts =
                new FrontendTimeouts().kexTimeout(3600).loginGraceTime(3600).get();
        try (var frontend = new RunningFrontend(
                        home,
                        RunningFrontend.LIMITS,
                        timeouts,
                        List.of(IpNetwork.parse("192.0.2.0/24")),
                        RekeyLimit.RECOMMENDED);
                Socket one = connect(frontend, version1);
                Socket two = connect(frontend, version2);
                Socket halved = connect(frontend, Arrays.copyOf(version1, 4))) {
            assertThat(isClosed(one)).isTrue();
            assertThat(isClosed(two)).isTrue();
            halved.getOutputStream().write(version1, 4, version1.length - 4);
            assertThat(isClosed(halved)).isTrue();
            assertThat(frontend.registry()
                            .get("gerve.proxy.headers.refused")
                            .counter()
                            .count())
                    .isEqualTo(3);
            assertThat(frontend.run("address").text()).isEqualTo("127.0.0.1\n");
        }
    }
}
