package io.gerve.ssh;

import static io.gerve.ssh.ScriptedClient.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the requests that the frontend accepts from an authenticated client, and of those that it refuses. */
class RequestsIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    static Path home;

    private static RunningFrontend frontend;
    private static ScriptedClient client;

    @BeforeAll
    static void start() throws Exception {
        frontend = new RunningFrontend(home);
        client = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user));
        assertThat(client.authenticate()).isTrue();
    }

    @AfterAll
    static void stop() {
        client.close();
        frontend.close();
    }

    @Test
    void gitProtocolVersionReachesTheCommand() throws Exception {
        assertThat(frontend.run(frontend.user, List.of("-o", "SetEnv=GIT_PROTOCOL=version=2"), new byte[0], "protocol")
                        .text())
                .isEqualTo("version=2\n");
        assertThat(frontend.run("protocol").text()).isEqualTo("\n");
    }

    /** Gogs CVE-2024-39930: code execution through an environment variable. MINA stores variables of any name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "LD_PRELOAD /tmp/x.so",
                "BASH_ENV /tmp/x",
                "GIT_SSH_COMMAND id",
                "PATH /tmp",
                "GERVE_ACCOUNT root",
                "git_protocol version=2",
                "GIT_PROTOCOL version=3",
                "GIT_PROTOCOL version=2;id",
                "GIT_PROTOCOL $(id)",
                "GIT_PROTOCOL version=2\u0000",
                "GIT_PROTOCOL version=2:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void otherEnvironmentVariablesAreRefusedAndTheSessionContinues(String variable) throws Exception {
        String[] parts = variable.split(" ", 2);
        var channel = new ProbingChannel(client.session);
        assertThat(channel.isAccepted("env", parts[0], parts[1])).isFalse();
        assertThat(channel.isAccepted("exec", "protocol")).isTrue();
        assertThat(channel.exitStatus()).isZero();
        assertThat(channel.stdout).hasToString("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pty-req",
                "subsystem",
                "x11-req",
                "auth-agent-req",
                "auth-agent-req@openssh.com",
                "window-change",
                "signal",
                "break",
                "simple@putty.projects.tartarus.org",
                "xon-xoff",
                "exit-status",
                "eow@openssh.com",
                ""
            })
    void otherChannelRequestsAreRefusedAndTheSessionContinues(String type) throws Exception {
        var channel = new ProbingChannel(client.session);
        assertThat(channel.isAccepted(type, "sftp", "x", "y")).isFalse();
        assertThat(channel.isAccepted("exec", "exit 3")).isTrue();
        assertThat(channel.exitStatus()).isEqualTo(3);
    }

    @Test
    void secondCommandOnAChannelIsRefused() throws Exception {
        var channel = new ProbingChannel(client.session);
        assertThat(channel.isAccepted("exec", "cat")).isTrue();
        assertThat(channel.isAccepted("exec", "whoami")).isFalse();
        assertThat(channel.isAccepted("shell")).isFalse();
        assertThat(channel.isAccepted("env", "GIT_PROTOCOL", "version=2")).isFalse();
        channel.close(true);
    }

    @Test
    void truncatedRequestEndsOnlyItsConnection() throws Exception {
        try (var other = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user))) {
            assertThat(other.authenticate()).isTrue();
            var channel = new ProbingChannel(other.session);
            channel.isAccepted("exec", "cat");
            Buffer packet = other.session.createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 64);
            packet.putUInt(channel.getRecipient());
            packet.putString("exec");
            other.session.writePacket(packet);
            assertThat(channel.exitStatus()).isNotZero();
        } catch (NullPointerException e) {
            // The connection was closed without an exit status, as expected.
        }
        assertThat(frontend.run("exit", "0").status()).isZero();
    }

    @Test
    void forwardingIsRefused() throws Exception {
        assertThatThrownBy(() -> client.session
                        .createDirectTcpipChannel(
                                new SshdSocketAddress("127.0.0.1", 1),
                                new SshdSocketAddress("127.0.0.1", frontend.port()))
                        .open()
                        .verify())
                .hasMessageContaining("forwards nothing");
        var remote = frontend.run(
                frontend.user, List.of("-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1"), new byte[0], "whoami");
        assertThat(remote.status()).isEqualTo(255);
        assertThat(remote.stderr()).contains("remote port forwarding failed");
        var socket = frontend.run(
                frontend.user,
                List.of("-o", "ExitOnForwardFailure=yes", "-R", "/tmp/gerve-test.sock:127.0.0.1:1"),
                new byte[0],
                "whoami");
        assertThat(socket.stderr()).contains("remote port forwarding failed");
        var streamlocal = frontend.run(frontend.user, List.of("-W", "127.0.0.1:1"), new byte[0]);
        assertThat(streamlocal.stderr()).contains("forwards nothing");
    }

    @Test
    void shellRequestGetsTheGreetingWithAndWithoutTerminal() throws Exception {
        var plain = frontend.run(frontend.user, List.of("-T"), new byte[0]);
        assertThat(plain.stderr()).contains("Hi mojombo!");
        assertThat(plain.status()).isEqualTo(1);
        assertThat(plain.stdout()).isEmpty();
        String atATerminal = String.join(" ", frontend.ssh(frontend.user, List.of()));
        var terminal =
                RunningFrontend.CommandResult.of(List.of("script", "-qec", atATerminal, "/dev/null"), new byte[0]);
        assertThat(terminal.text()).contains("PTY allocation request failed").contains("Hi mojombo!");
        assertThat(terminal.status()).isEqualTo(1);
        var subsystem = frontend.run(frontend.user, List.of("-s"), new byte[0], "sftp");
        assertThat(subsystem.status()).isEqualTo(255);
        assertThat(subsystem.stderr()).contains("subsystem request failed");
    }

    /** The attack: packets of one byte, so that the gate encrypts and sends a packet for each byte of a clone. */
    @ParameterizedTest
    @CsvSource({"2097152, 1", "2097152, 4095", "4095, 4095"})
    void channelWithTinyWindowOrPacketsIsRefused(long window, long packetSize) throws Exception {
        try (var other = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user))) {
            assertThat(other.authenticate()).isTrue();
            CoreModuleProperties.WINDOW_SIZE.set(other.session, window);
            CoreModuleProperties.MAX_PACKET_SIZE.set(other.session, packetSize);
            assertThatThrownBy(() -> new ProbingChannel(other.session)).hasMessageContaining("at least 4096 bytes");
        }
    }

    /** The attack: a window that grows by a byte at a time, so that the gate sends a packet for each byte of a clone. */
    @Test
    void windowThatGrowsByteByByteCostsNoPacketPerByte() throws Exception {
        try (var other = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user))) {
            assertThat(other.authenticate()).isTrue();
            int window = 4096;
            int granted = 16 * 1024;
            CoreModuleProperties.WINDOW_SIZE.set(other.session, (long) window);
            CoreModuleProperties.MAX_PACKET_SIZE.set(other.session, (long) window);
            var channel = new ByteByByteChannel(other.session);
            assertThat(channel.isAccepted("exec", "pattern 1000000")).isTrue();
            channel.grantBytes(granted);
            await().atMost(LIMIT).until(() -> channel.received.get() == window + granted);
            assertThat(channel.packets).hasValueLessThan(32);
        }
    }

    /** Channel that grants its window byte by byte, and counts the packets that it receives. */
    private static final class ByteByByteChannel extends ProbingChannel {
        private final AtomicInteger packets = new AtomicInteger();
        private final AtomicInteger received = new AtomicInteger();

        ByteByByteChannel(ClientSession session) throws Exception {
            super(session);
        }

        void grantBytes(int times) throws Exception {
            for (int i = 0; i < times; i++) {
                Buffer packet = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST, 32);
                packet.putUInt(getRecipient());
                packet.putUInt(1);
                writePacket(packet);
            }
        }

        @Override
        public void handleData(Buffer buffer) {
            packets.incrementAndGet();
            received.addAndGet(buffer.getInt());
        }
    }

    @Test
    void channelsOverTheLimitAreRefused() throws Exception {
        try (var other = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user))) {
            assertThat(other.authenticate()).isTrue();
            List<ProbingChannel> open = new ArrayList<>();
            for (int i = 0; i < RunningFrontend.LIMITS.channelsMax(); i++) {
                open.add(new ProbingChannel(other.session));
            }
            assertThatThrownBy(() -> new ProbingChannel(other.session)).hasMessageContaining("At most 10");
            assertThat(open.getLast().isAccepted("exec", "exit 4")).isTrue();
            assertThat(open.getLast().exitStatus()).isEqualTo(4);
        }
    }

    @Test
    void internalErrorEndsOnlyItsRequestWithAMessage() throws Exception {
        var result = frontend.run("fail");
        assertThat(result.status()).isEqualTo(70);
        assertThat(result.stderr())
                .contains("ERROR: Something went wrong in Gerve.")
                .doesNotContain("Exception");
    }

    @Test
    void authenticationTimeIsReportedWithTheFirstRequestOnly() throws Exception {
        try (var other = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user))) {
            assertThat(other.authenticate()).isTrue();
            other.run("whoami first");
            other.run("whoami second");
        }
        var first = frontend.commands.requests.stream()
                .filter(r -> r.execLine().equals("whoami first"))
                .findFirst()
                .orElseThrow();
        var second = frontend.commands.requests.stream()
                .filter(r -> r.execLine().equals("whoami second"))
                .findFirst()
                .orElseThrow();
        assertThat(first.authentication()).isPositive();
        assertThat(second.authentication()).isZero();
        assertThat(first.frontend()).isEqualTo("ssh");
        assertThat(first.address().isLoopbackAddress()).isTrue();
    }
}
