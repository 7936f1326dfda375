package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.config.FrontendSettings.Limits;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks by clients that have authenticated, run no command, and take the connections of other clients. */
class IdleConnectionsIT {
    private static final Duration LOGIN = Duration.ofMinutes(1);
    private static final String TOO_MANY =
            "Too many connections of this account or key run no command. Please close those that you do not need.";

    @TempDir
    Path home;

    private final SshClient client = SshClient.setUpDefaultClient();
    private final Queue<String> disconnects = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() {
        client.setServerKeyVerifier((_, _, _) -> true);
        client.addSessionListener(new SessionListener() {
            @Override
            public void sessionDisconnect(
                    Session session, int reason, String message, String language, boolean isInitiator) {
                disconnects.add(message);
            }
        });
        client.start();
    }

    @AfterEach
    void stop() {
        client.stop();
    }

    private static Limits limits(int connectionsMax) {
        return new Limits(128, connectionsMax, 200, 100, 50, 10, 10);
    }

    private ClientSession logIn(RunningFrontend frontend) throws Exception {
        ClientSession session = client.connect(KeyAuthenticator.USER, "127.0.0.1", frontend.port())
                .verify(LOGIN)
                .getSession();
        session.addPublicKeyIdentity(frontend.user.pair());
        session.auth().verify(LOGIN);
        return session;
    }

    /** The attack: with one key and some addresses, to log in until no connection is left. */
    @Test
    void clientGetsTheConnectionOfTheKeyWithMostIdleOnes() throws Exception {
        int max = 8;
        try (var frontend = RunningFrontend.with(home, limits(max), RunningFrontend.TIMEOUTS)) {
            SshKey honest = SshKey.generate(home, "honest", "ed25519");
            frontend.keys.register(honest.fingerprint());
            ClientSession busy = logIn(frontend);
            assertThat(new ProbingChannel(busy).isAccepted("exec", "wait")).isTrue();
            List<ClientSession> idle = new ArrayList<>();
            while (idle.size() < max - 1) {
                idle.add(logIn(frontend));
            }

            assertThat(frontend.run(honest, List.of(), new byte[0], "whoami").status())
                    .isZero();

            await().until(() -> !idle.getFirst().isOpen());
            assertThat(disconnects).containsExactly(TOO_MANY);
            assertThat(idle.getLast().isOpen()).isTrue();
            assertThat(busy.isOpen()).isTrue();
        }
    }

    @Test
    void keyHasAQuarterOfTheConnectionsForIdleOnesAtMost() throws Exception {
        int max = 160;
        try (var frontend = RunningFrontend.with(home, limits(max), RunningFrontend.TIMEOUTS)) {
            List<ClientSession> idle = new ArrayList<>();
            while (idle.size() <= max / 4) {
                idle.add(logIn(frontend));
            }

            await().until(() -> !idle.getFirst().isOpen());
            assertThat(disconnects).containsExactly(TOO_MANY);
            assertThat(idle.stream().filter(ClientSession::isOpen)).hasSize(max / 4);
        }
    }

    /** The attack: each of a key's idle connections announces a packet of 256 KiB and does not end it. */
    @Test
    void longPacketEndsALoggedInConnection() throws Exception {
        try (var frontend = RunningFrontend.with(home, limits(8), RunningFrontend.TIMEOUTS)) {
            // Its packets begin with their length in clear, a multiple of 16 (RFC 5647, section 7).
            client.setCipherFactories(List.of(BuiltinCiphers.aes128gcm));
            ClientSession session = logIn(frontend);
            session.getIoSession()
                    .writeBuffer(new ByteArrayBuffer(
                            ByteBuffer.allocate(64).putInt(35_008).array()));

            await().until(() -> !session.isOpen());
            assertThat(disconnects).hasSize(1);
        }
    }

    /** A connection that has run a command counts as idle again when the command has ended. */
    @Test
    void connectionIsIdleAfterItsCommand() throws Exception {
        int max = 8;
        try (var frontend = RunningFrontend.with(home, limits(max), RunningFrontend.TIMEOUTS)) {
            List<ClientSession> idle = new ArrayList<>();
            while (idle.size() < max) {
                ClientSession session = logIn(frontend);
                assertThat(session.executeRemoteCommand("address")).contains("127.0.0.1");
                idle.add(session);
            }

            assertThat(frontend.run("whoami").status()).isZero();
            await().until(() -> idle.stream().anyMatch(session -> !session.isOpen()));
        }
    }
}
