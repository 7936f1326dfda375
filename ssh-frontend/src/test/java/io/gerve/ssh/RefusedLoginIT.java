package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.gerve.config.FrontendSettings.Limits;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.login.RefusedLogin;
import io.gerve.login.RefusedLogin.Reason;
import io.gerve.lookup.LookupUnavailable;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever was not let in is told of, once for each connection; whoever was, is not. */
class RefusedLoginIT {
    private static final String ED25519 = "ssh-ed25519";
    private static final byte[] NOTHING = {};

    @TempDir
    private static Path home;

    private static RunningFrontend door;
    private static SshKey unknown;
    private static SshKey other;

    @BeforeAll
    static void start() throws Exception {
        door = new RunningFrontend(home);
        unknown = SshKey.generate(home, "unknown", "ed25519");
        other = SshKey.generate(home, "other", "ed25519");
    }

    @AfterAll
    static void stop() {
        door.close();
    }

    @Test
    void theKeysThatNobodyRegisteredAreNamed() throws Exception {
        door.run(unknown, List.of("-i", other.file().toString()), NOTHING, "whoami");

        RefusedLogin refused = next(door);
        assertThat(refused.reason()).isEqualTo(Reason.KEY_UNKNOWN);
        assertThat(refused.user()).isEqualTo("git");
        assertThat(refused.keys()).containsExactly(unknown.fingerprint(), other.fingerprint());
        assertThat(refused.address()).isEqualTo(InetAddress.getLoopbackAddress());
    }

    /** An SSH agent offers whatever it holds: to have shown other keys first is no refusal. */
    @Test
    void whoIsLetInByALaterKeyWasNotRefused() throws Exception {
        door.run(unknown, List.of("-i", door.user.file().toString()), NOTHING, "whoami");
        door.run(other, List.of(), NOTHING, "whoami");

        assertThat(next(door).keys()).containsExactly(other.fingerprint());
    }

    @Test
    void anotherUserNameIsTold() throws Exception {
        door.run(door.user, List.of("-l", "root"), NOTHING, "whoami");

        RefusedLogin refused = next(door);
        assertThat(refused.reason()).isEqualTo(Reason.USER_UNKNOWN);
        assertThat(refused.user()).isEqualTo("root");
    }

    @Test
    void whoHasNoKeyIsTold() throws Exception {
        door.run(door.user, List.of("-o", "PubkeyAuthentication=no"), NOTHING, "whoami");

        assertThat(next(door)).extracting(RefusedLogin::reason).isEqualTo(Reason.NO_KEY);
    }

    /** The fingerprint is the victim's, whose private key the client was not shown to have. */
    @Test
    void aKeyThatIsOnlyOfferedOrBadlySignedForIsToldAsThat() throws Exception {
        SshKey victim = door.user;
        try (var client = new ScriptedClient(door.port(), ScriptedClient.query(victim, ED25519))) {
            assertThat(client.isLetIn()).isFalse();
        }
        // As with Ctrl-C where a passphrase is asked for: the gate waited for a signature and refused nothing.
        RefusedLogin offered = next(door);
        assertThat(offered.reason()).isEqualTo(Reason.UNFINISHED);
        assertThat(offered.keys()).containsExactly(victim.fingerprint());

        try (var client = new ScriptedClient(door.port(), ScriptedClient.query(victim, ED25519), session -> {
            Buffer tooLong = ScriptedClient.query(victim, ED25519).message(session);
            tooLong.putByte((byte) 0);
            return tooLong;
        })) {
            assertThat(client.isLetIn()).isFalse();
        }
        RefusedLogin notProven = next(door);
        assertThat(notProven.reason()).isEqualTo(Reason.KEY_NOT_VERIFIED);
        assertThat(notProven.isKeyVerified()).isFalse();

        try (var client = new ScriptedClient(
                door.port(), ScriptedClient.query(unknown, ED25519), ScriptedClient.signed(victim, ED25519, unknown))) {
            assertThat(client.isLetIn()).isFalse();
        }
        RefusedLogin forged = next(door);
        assertThat(forged.reason()).isEqualTo(Reason.SIGNATURE_INVALID);
        assertThat(forged.isKeyVerified()).isFalse();
        assertThat(forged.keys()).containsExactly(victim.fingerprint(), unknown.fingerprint());
    }

    /**
     * The attack: to offer the victim's public key, then more junk than is kept, then to sign with a key that nobody has, so that it is
     * said of the victim's that the client has it.
     */
    @Test
    void aKeyThatWasProvenIsTheOneThatIsTold() throws Exception {
        List<ScriptedClient.Step> steps = new ArrayList<>(List.of(ScriptedClient.query(door.user, ED25519)));
        for (int i = 0; i < 19; i++) {
            byte[] junk = new byte[32];
            junk[0] = (byte) i;
            steps.add(shown(junk));
        }
        steps.add(ScriptedClient.signed(unknown, ED25519, unknown));
        try (var client = new ScriptedClient(door.port(), steps.toArray(ScriptedClient.Step[]::new))) {
            assertThat(client.isLetIn()).isFalse();
        }

        RefusedLogin refused = next(door);
        assertThat(refused.reason()).isEqualTo(Reason.KEY_UNKNOWN);
        assertThat(refused.keys()).hasSize(20).startsWith(unknown.fingerprint());
    }

    private static ScriptedClient.Step shown(byte[] point) {
        Buffer blob = new ByteArrayBuffer();
        blob.putString(ED25519);
        blob.putBytes(point);
        return session -> ScriptedClient.request(
                session,
                "git",
                "ssh-connection",
                false,
                ED25519,
                blob.getCompactData().clone());
    }

    /** A restart refuses nobody, neither who has yet to sign nor whose key is being looked up. */
    @Test
    void whoHadNoAnswerBeforeARestartIsToldAsThat() throws Exception {
        var isAsked = new CountDownLatch(1);
        var isOver = new CountDownLatch(1);
        KeyDirectory slow = _ -> {
            isAsked.countDown();
            try {
                isOver.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            throw new LookupUnavailable("too late");
        };
        Path own = Files.createTempDirectory(home, "door");
        try (var restarted = new RunningFrontend(
                        own, RunningFrontend.LIMITS, RunningFrontend.TIMES, List.of(), RekeyLimit.RECOMMENDED, slow);
                var proven = new ScriptedClient(restarted.port(), ScriptedClient.signed(unknown, ED25519, unknown));
                var thinking = new ScriptedClient(restarted.port(), ScriptedClient.query(other, ED25519), session -> {
                    isOver.await();
                    return ScriptedClient.query(other, ED25519).message(session);
                });
                Closeable _ = isOver::countDown) {
            AuthFuture _ = proven.session.auth();
            AuthFuture _ = thinking.session.auth();
            assertThat(thinking.nextAnswer()).isEqualTo("60");
            assertThat(isAsked.await(20, TimeUnit.SECONDS)).isTrue();
            restarted.listener.drain(Duration.ofSeconds(20));

            assertThat(List.of(next(restarted), next(restarted)))
                    .allSatisfy(each -> assertThat(each.message()).contains("restarting"))
                    .extracting(RefusedLogin::reason, RefusedLogin::keys, RefusedLogin::isKeyVerified)
                    .containsExactlyInAnyOrder(
                            tuple(Reason.KEY_NOT_LOOKED_UP, List.of(unknown.fingerprint()), true),
                            tuple(Reason.UNFINISHED, List.of(other.fingerprint()), false));
        }
    }

    /** Its place is one of those that the limits count. */
    @Test
    void aConnectionThatCannotBeToldOfGivesItsPlaceBack() throws Exception {
        var some = new RefusedLogin(
                Instant.now(),
                InetAddress.getLoopbackAddress(),
                "git",
                List.of(),
                Reason.NO_KEY,
                false,
                "",
                Duration.ZERO);
        try {
            for (int i = door.refusedLogins.remainingCapacity(); i > 0; i--) {
                door.refusedLogins.add(some);
            }
            door.run(unknown, List.of(), NOTHING, "whoami");

            await().atMost(Duration.ofSeconds(20)).until(() -> door.listener.connections() == 0);
            assertThat(door.refusedLogins).containsOnly(some);
        } finally {
            door.refusedLogins.clear();
        }
    }

    @Test
    void tooManyKeysAreTold() throws Exception {
        var steps = new ScriptedClient.Step[RunningFrontend.LIMITS.maxAuthTries() + 1];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = ScriptedClient.signed(unknown, ED25519, unknown);
        }
        try (var client = new ScriptedClient(door.port(), steps)) {
            assertThat(client.isLetIn()).isFalse();
        }

        RefusedLogin refused = next(door);
        assertThat(refused.reason()).isEqualTo(Reason.MAX_AUTH_TRIES);
        assertThat(refused.isKeyVerified()).isTrue();
        assertThat(refused.message()).contains("Too many keys");
    }

    /** As a balancer probes, or a scanner looks for what listens. */
    @Test
    void whoAsksForNothingIsNotTold() throws Exception {
        try (var probe = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            probe.getOutputStream().write("SSH-2.0-probe\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(probe.getInputStream().readNBytes(4)).isEqualTo("SSH-".getBytes(StandardCharsets.US_ASCII));
        }
        door.run(other, List.of(), NOTHING, "whoami");

        assertThat(next(door).keys()).containsExactly(other.fingerprint());
    }

    @Test
    void whoIsOverALimitIsTold() throws Exception {
        Limits all = RunningFrontend.LIMITS;
        var one = new Limits(all.backlog(), all.connectionsMax(), 1, 200, 50, 10, all.maxAuthTries());
        Path own = Files.createTempDirectory(home, "door");
        try (var narrow = RunningFrontend.with(own, one, RunningFrontend.TIMES);
                var _ = connected(narrow)) {
            narrow.run("whoami");

            RefusedLogin refused = next(narrow);
            assertThat(refused.reason()).isEqualTo(Reason.CONNECTIONS_PER_ADDRESS_MAX);
            assertThat(refused.message()).contains("Too many connections from your address");
        }
    }

    private static Socket connected(RunningFrontend to) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), to.port());
        socket.getInputStream().readNBytes(4);
        return socket;
    }

    private static RefusedLogin next(RunningFrontend of) throws InterruptedException {
        RefusedLogin refused = of.refusedLogins.poll(20, TimeUnit.SECONDS);
        assertThat(refused).isNotNull();
        return refused;
    }
}
