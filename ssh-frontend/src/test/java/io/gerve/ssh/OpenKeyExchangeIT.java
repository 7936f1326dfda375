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
 * What is said during a key exchange waits for its end. Who opens one, never ends it and goes on asking had the answers fill the memory until
 * the exchange had taken too long, which is after more than the time that these tests wait.
 */
@Timeout(120)
class OpenKeyExchangeIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int MANY = 5_000;

    private final RunningFrontend door;

    OpenKeyExchangeIT(@TempDir Path home) throws Exception {
        door = new RunningFrontend(home);
    }

    @BeforeEach
    void theExchangesOwnTimeIsLonger() {
        assertThat(RunningFrontend.TIMES.kexTimeout()).isGreaterThan(LIMIT);
    }

    @AfterEach
    void stop() {
        door.close();
    }

    /** What is answered. */
    enum Asked {
        GLOBAL_REQUEST {
            @Override
            Buffer message(ClientSession session) {
                Buffer message = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, 64);
                message.putString("nobody-knows@example.net");
                message.putBoolean(true);
                return message;
            }
        },
        CHANNEL {
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
        NONSENSE {
            @Override
            Buffer message(ClientSession session) {
                return session.createBuffer((byte) 150, 16);
            }
        };

        abstract Buffer message(ClientSession session);
    }

    @ParameterizedTest
    @EnumSource
    void whoAsksOnAndOnWithoutEndingAnExchangeIsCut(Asked asked) throws Exception {
        try (var client = loggedIn()) {
            client.openKeyExchange();

            ask(client, asked, MANY);

            await().atMost(LIMIT).until(() -> door.listener.connections() == 0);
        }
        assertThat(door.run("whoami").status()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whoHasNotLoggedInIsCutToo(Asked asked) throws Exception {
        try (var client = new ScriptedClient(door.port(), query(door.user, "ssh-ed25519"))) {
            client.session.auth();
            assertThat(client.nextAnswer()).isEqualTo(Integer.toString(SshConstants.SSH_MSG_USERAUTH_PK_OK));
            client.openKeyExchange();

            ask(client, asked, MANY);

            await().atMost(LIMIT).until(() -> door.listener.connections() == 0);
        }
        assertThat(door.run("whoami").status()).isZero();
    }

    /** It would have the gate compute for as long as it likes, and show no key. */
    @Test
    void whoHasNotLoggedInChangesNoKeys() throws Exception {
        try (var client = new ScriptedClient(door.port())) {
            client.openKeyExchange();
            await().atMost(LIMIT).until(() -> !client.session.isOpen());
        }
    }

    /** Offers of keys are answered, each with the key itself. */
    @Test
    void whoOffersKeysOnAndOnIsCutToo() throws Exception {
        try (var client = new ScriptedClient(door.port(), query(door.user, "ssh-ed25519"))) {
            client.session.auth();
            assertThat(client.nextAnswer()).isEqualTo(Integer.toString(SshConstants.SSH_MSG_USERAUTH_PK_OK));
            client.openKeyExchange();

            for (int i = 0; i < MANY && client.session.isOpen(); i++) {
                send(client, query(door.user, "ssh-ed25519").message(client.session));
            }

            await().atMost(LIMIT).until(() -> door.listener.connections() == 0);
        }
    }

    /** In the first exchange nothing is encrypted yet, and a client that does not know strict key exchanges may say other things. */
    @ParameterizedTest
    @EnumSource
    void theFirstExchangeIsBoundedToo(Asked asked) throws Exception {
        try (var template = new ScriptedClient(door.port());
                var socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.getOutputStream().write("SSH-2.0-unfinished\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] begin = UnfinishedExchange.addTo(new ByteArrayBuffer(new byte[] {SshConstants.SSH_MSG_KEXINIT}))
                    .getCompactData();
            socket.getOutputStream().write(packet(begin));
            byte[] message = packet(asked.message(template.session).getCompactData());
            for (int i = 0; i < MANY; i++) {
                socket.getOutputStream().write(message);
            }
        } catch (IOException _) {
            // It was cut in the middle.
        }
        await().atMost(LIMIT).until(() -> door.listener.connections() == 0);
    }

    /** RFC 4253, section 6. */
    private static byte[] packet(byte[] payload) {
        int padding = 8 - (payload.length + 5) % 8 + 8;
        return ByteBuffer.allocate(5 + payload.length + padding)
                .putInt(1 + payload.length + padding)
                .put((byte) padding)
                .put(payload)
                .array();
    }

    /** Just below the bound, many times over. A command that starts shows that all before it was heard. */
    @Test
    void whatWaitsIsSmall() throws Exception {
        List<ScriptedClient> clients = new ArrayList<>();
        List<ProbingChannel> channels = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                var client = loggedIn();
                clients.add(client);
                channels.add(new ProbingChannel(client.session));
            }
            long before = usedHeap();
            for (int i = 0; i < 10; i++) {
                ScriptedClient client = clients.get(i);
                client.openKeyExchange();
                ask(client, Asked.GLOBAL_REQUEST, 900);
                Buffer start = client.session.createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 64);
                start.putUInt(channels.get(i).getRecipient());
                start.putString("exec");
                start.putBoolean(false);
                start.putString("wait");
                send(client, start);
            }
            await().atMost(LIMIT).until(() -> door.commands.seen.size() == 10);

            assertThat(usedHeap() - before).isLessThan(10 * (1L << 20));
            assertThat(door.listener.connections()).isEqualTo(10);
        } finally {
            clients.forEach(ScriptedClient::close);
        }
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private ScriptedClient loggedIn() throws Exception {
        var client = new ScriptedClient(door.port(), signed(door.user, "ssh-ed25519", door.user));
        assertThat(client.isLetIn()).isTrue();
        return client;
    }

    private static void ask(ScriptedClient client, Asked asked, int times) {
        for (int i = 0; i < times && client.session.isOpen(); i++) {
            send(client, asked.message(client.session));
        }
    }

    private static void send(ScriptedClient client, Buffer message) {
        try {
            client.session.writePacket(message);
        } catch (IOException | RuntimeException _) {
            // It was cut, which is what is waited for.
        }
    }
}
