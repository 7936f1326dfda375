package io.gerve.ssh;

import static io.gerve.ssh.ScriptedClient.query;
import static io.gerve.ssh.ScriptedClient.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Attacks through a key exchange that is never finished. Packets wait for the end of a key exchange. A client that
 * opens one, does not finish it, and goes on sending requests could fill the memory with replies until kex_timeout,
 * which is longer than these tests wait.
 */
@Timeout(120)
class OpenKeyExchangeIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int MANY = 5_000;

    private final RunningFrontend frontend;

    OpenKeyExchangeIT(@TempDir Path home) throws Exception {
        frontend = new RunningFrontend(home);
    }

    @BeforeEach
    void kexTimeoutIsLongerThanTheTests() {
        assertThat(RunningFrontend.TIMEOUTS.kexTimeout()).isGreaterThan(LIMIT);
    }

    @AfterEach
    void stop() {
        frontend.close();
    }

    /** Messages that the frontend answers. */
    enum Request {
        GLOBAL_REQUEST {
            @Override
            Buffer message(ClientSession session) {
                Buffer message = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, 64);
                message.putString("nobody-knows@example.net");
                message.putBoolean(true);
                return message;
            }
        },
        CHANNEL_OPEN {
            @Override
            Buffer message(ClientSession session) {
                Buffer message = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN, 64);
                message.putString("x11");
                message.putUInt(7);
                message.putUInt(1 << 20);
                message.putUInt(1 << 15);
                return message;
            }
        },
        UNKNOWN_MESSAGE {
            @Override
            Buffer message(ClientSession session) {
                return session.createBuffer((byte) 150, 16);
            }
        };

        abstract Buffer message(ClientSession session);
    }

    @ParameterizedTest
    @EnumSource
    void authenticatedClientThatFloodsAnOpenExchangeIsDisconnected(Request request) throws Exception {
        try (var client = authenticated()) {
            client.openKeyExchange();

            sendMany(client, request, MANY);

            await().atMost(LIMIT).until(() -> frontend.listener.connections() == 0);
        }
        assertThat(frontend.run("whoami").status()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void unauthenticatedClientThatFloodsAnOpenExchangeIsDisconnected(Request request) throws Exception {
        try (var client = new ScriptedClient(frontend.port(), query(frontend.user, "ssh-ed25519"))) {
            client.session.auth();
            assertThat(client.nextReply()).isEqualTo(Integer.toString(SshConstants.SSH_MSG_USERAUTH_PK_OK));
            client.openKeyExchange();

            sendMany(client, request, MANY);

            await().atMost(LIMIT).until(() -> frontend.listener.connections() == 0);
        }
        assertThat(frontend.run("whoami").status()).isZero();
    }

    /**
     * The attack: key exchanges one after another, which make the frontend compute without end for a client without a
     * key.
     */
    @Test
    void keyReExchangeBeforeAuthenticationIsRefused() throws Exception {
        try (var client = new ScriptedClient(frontend.port())) {
            client.openKeyExchange();
            await().atMost(LIMIT).until(() -> !client.session.isOpen());
        }
    }

    /** The reply to the offer of a key contains the key. */
    @Test
    void clientThatOffersKeysDuringAnOpenExchangeIsDisconnected() throws Exception {
        try (var client = new ScriptedClient(frontend.port(), query(frontend.user, "ssh-ed25519"))) {
            client.session.auth();
            assertThat(client.nextReply()).isEqualTo(Integer.toString(SshConstants.SSH_MSG_USERAUTH_PK_OK));
            client.openKeyExchange();

            for (int i = 0; i < MANY && client.session.isOpen(); i++) {
                send(client, query(frontend.user, "ssh-ed25519").message(client.session));
            }

            await().atMost(LIMIT).until(() -> frontend.listener.connections() == 0);
        }
    }

    /**
     * During the first exchange nothing is encrypted, and a client without strict key exchange may send other messages.
     */
    @ParameterizedTest
    @EnumSource
    void floodDuringTheFirstExchangeIsDisconnected(Request request) throws Exception {
        try (var template = new ScriptedClient(frontend.port());
                var socket = new Socket(InetAddress.getLoopbackAddress(), frontend.port())) {
            socket.getOutputStream().write("SSH-2.0-unfinished\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] begin = UnfinishedExchange.addTo(new ByteArrayBuffer(new byte[] {SshConstants.SSH_MSG_KEXINIT}))
                    .getCompactData();
            socket.getOutputStream().write(packet(begin));
            byte[] message = packet(request.message(template.session).getCompactData());
            for (int i = 0; i < MANY; i++) {
                socket.getOutputStream().write(message);
            }
        } catch (IOException _) {
            // The frontend closed the connection during a write, as expected.
        }
        await().atMost(LIMIT).until(() -> frontend.listener.connections() == 0);
    }

    /** Returns an unencrypted binary packet (RFC 4253, section 6). */
    private static byte[] packet(byte[] payload) {
        int padding = 8 - (payload.length + 5) % 8 + 8;
        return ByteBuffer.allocate(5 + payload.length + padding)
                .putInt(1 + payload.length + padding)
                .put((byte) padding)
                .put(payload)
                .array();
    }

    /** Ten clients just below the bound. The start of the command shows that all requests before it were processed. */
    @Test
    void waitingRepliesTakeLittleMemory() throws Exception {
        List<ScriptedClient> clients = new ArrayList<>();
        List<ProbingChannel> channels = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                var client = authenticated();
                clients.add(client);
                channels.add(new ProbingChannel(client.session));
            }
            long before = usedHeap();
            for (int i = 0; i < 10; i++) {
                ScriptedClient client = clients.get(i);
                client.openKeyExchange();
                sendMany(client, Request.GLOBAL_REQUEST, 900);
                Buffer start = client.session.createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 64);
                start.putUInt(channels.get(i).getRecipient());
                start.putString("exec");
                start.putBoolean(false);
                start.putString("wait");
                send(client, start);
            }
            await().atMost(LIMIT).until(() -> frontend.commands.requests.size() == 10);

            assertThat(usedHeap() - before).isLessThan(10 * (1L << 20));
            assertThat(frontend.listener.connections()).isEqualTo(10);
        } finally {
            clients.forEach(ScriptedClient::close);
        }
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private ScriptedClient authenticated() throws Exception {
        var client = new ScriptedClient(frontend.port(), signed(frontend.user, "ssh-ed25519", frontend.user));
        assertThat(client.authenticate()).isTrue();
        return client;
    }

    private static void sendMany(ScriptedClient client, Request request, int times) {
        for (int i = 0; i < times && client.session.isOpen(); i++) {
            send(client, request.message(client.session));
        }
    }

    private static void send(ScriptedClient client, Buffer message) {
        try {
            client.session.writePacket(message);
        } catch (IOException | RuntimeException _) {
            // The frontend closed the connection, which the caller waits for.
        }
    }
}
