package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.gerve.config.FrontendSettings.Limits;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.login.RefusedLogin;
import io.gerve.login.RefusedLogin.Reason;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.ssh.algorithm.FailedNegotiation;
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

/** Tests that each connection whose login failed is reported once, and that successful logins are not reported. */
class RefusedLoginIT {
    private static final String ED25519 = "ssh-ed25519";
    private static final byte[] NOTHING = {};

    @TempDir
    private static Path home;

    private static RunningFrontend frontend;
    private static SshKey unknown;
    private static SshKey other;

    @BeforeAll
    static void start() throws Exception {
        frontend = new RunningFrontend(home);
        unknown = SshKey.generate(home, "unknown", "ed25519");
        other = SshKey.generate(home, "other", "ed25519");
    }

    @AfterAll
    static void stop() {
        frontend.close();
    }

    @Test
    void unregisteredKeysAreReported() throws Exception {
        frontend.run(unknown, List.of("-i", other.file().toString()), NOTHING, "whoami");

        RefusedLogin refused = next(frontend);
        assertThat(refused.reason()).isEqualTo(Reason.KEY_NOT_REGISTERED);
        assertThat(refused.isKeyVerified()).isFalse();
        assertThat(refused.user()).isEqualTo("git");
        assertThat(refused.keys()).containsExactly(unknown.fingerprint(), other.fingerprint());
        assertThat(refused.address()).isEqualTo(InetAddress.getLoopbackAddress());
    }

    /** An SSH agent offers all its keys, so other keys before the registered one are no refused login. */
    @Test
    void loginByALaterKeyIsNotReported() throws Exception {
        frontend.run(unknown, List.of("-i", frontend.user.file().toString()), NOTHING, "whoami");
        frontend.run(other, List.of(), NOTHING, "whoami");

        assertThat(next(frontend).keys()).containsExactly(other.fingerprint());
    }

    @Test
    void otherUserNameIsReported() throws Exception {
        frontend.run(frontend.user, List.of("-l", "root"), NOTHING, "whoami");

        RefusedLogin refused = next(frontend);
        assertThat(refused.reason()).isEqualTo(Reason.USER_UNKNOWN);
        assertThat(refused.user()).isEqualTo("root");
    }

    @Test
    void clientWithoutKeyIsReported() throws Exception {
        frontend.run(frontend.user, List.of("-o", "PubkeyAuthentication=no"), NOTHING, "whoami");

        assertThat(next(frontend)).extracting(RefusedLogin::reason).isEqualTo(Reason.NO_KEY);
    }

    /** The attack: control characters and a great length in the names, which an operator's terminal would print. */
    @Test
    void clientWithoutCommonAlgorithmIsReportedWithWhatItOffers() throws Exception {
        frontend.run(frontend.user, List.of("-o", "MACs=hmac-sha1", "-o", "Ciphers=aes128-ctr"), NOTHING, "whoami");

        RefusedLogin refused = next(frontend);
        assertThat(refused.reason()).isEqualTo(Reason.NO_COMMON_ALGORITHM);
        assertThat(refused.message())
                .startsWith("No common algorithm of the kind mac: SSH-2.0-OpenSSH_")
                .endsWith(" offers hmac-sha1");
        assertThat(new FailedNegotiation("mac", List.of("\u001b[2J", "m".repeat(10_000))).message("SSH-2.0-\r\n"))
                .hasSizeLessThan(256)
                .contains("SSH-2.0-\\r\\n offers \\")
                .doesNotContain("\u001b");
    }

    /**
     * The attack: to offer a victim's public key, so that the victim appears in the log. The report says that the key
     * is not verified.
     */
    @Test
    void offeredOrForgedKeyIsReportedAsNotVerified() throws Exception {
        SshKey victim = frontend.user;
        try (var client = new ScriptedClient(frontend.port(), ScriptedClient.query(victim, ED25519))) {
            assertThat(client.authenticate()).isFalse();
        }
        // As with Ctrl-C at the passphrase prompt: the frontend waited for a signature and refused nothing.
        RefusedLogin offered = next(frontend);
        assertThat(offered.reason()).isEqualTo(Reason.UNFINISHED);
        assertThat(offered.keys()).containsExactly(victim.fingerprint());

        try (var client = new ScriptedClient(frontend.port(), ScriptedClient.query(victim, ED25519), session -> {
            Buffer tooLong = ScriptedClient.query(victim, ED25519).message(session);
            tooLong.putByte((byte) 0);
            return tooLong;
        })) {
            assertThat(client.authenticate()).isFalse();
        }
        RefusedLogin notVerified = next(frontend);
        assertThat(notVerified.reason()).isEqualTo(Reason.KEY_NOT_VERIFIED);
        assertThat(notVerified.isKeyVerified()).isFalse();

        try (var client = new ScriptedClient(
                frontend.port(),
                ScriptedClient.query(unknown, ED25519),
                ScriptedClient.signed(victim, ED25519, unknown))) {
            assertThat(client.authenticate()).isFalse();
        }
        RefusedLogin forged = next(frontend);
        assertThat(forged.reason()).isEqualTo(Reason.SIGNATURE_INVALID);
        assertThat(forged.isKeyVerified()).isFalse();
        assertThat(forged.keys()).containsExactly(victim.fingerprint(), unknown.fingerprint());
    }

    /**
     * The attack: to offer the victim's public key, then more junk keys than are kept, then to sign with an
     * unregistered key, so that the victim's key is reported as the verified one.
     */
    @Test
    void verifiedKeyIsReportedFirst() throws Exception {
        RefusedLogin refused;
        List<ScriptedClient.Step> steps = new ArrayList<>(List.of(ScriptedClient.query(frontend.user, ED25519)));
        for (int i = 0; i < 19; i++) {
            byte[] junk = new byte[32];
            junk[0] = (byte) i;
            steps.add(offered(junk));
        }
        steps.add(ScriptedClient.signed(unknown, ED25519, unknown));
        try (var hiding = RunningFrontend.hidingRegisteredKeys(Files.createTempDirectory(home, "frontend"))) {
            try (var client = new ScriptedClient(hiding.port(), steps.toArray(ScriptedClient.Step[]::new))) {
                assertThat(client.authenticate()).isFalse();
            }
            refused = next(hiding);
        }

        assertThat(refused.reason()).isEqualTo(Reason.KEY_UNKNOWN);
        assertThat(refused.keys()).hasSize(20).startsWith(unknown.fingerprint());
    }

    private static ScriptedClient.Step offered(byte[] point) {
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

    /** A restart does not refuse a client that has not signed yet or whose key is being looked up. */
    @Test
    void loginInterruptedByARestartIsReportedAsUnfinished() throws Exception {
        var lookUpStarted = new CountDownLatch(1);
        var lookUpMayEnd = new CountDownLatch(1);
        Fingerprint offered = other.fingerprint();
        KeyDirectory slowKeys = key -> {
            if (key.equals(offered)) {
                throw new LookupUnavailable("at once");
            }
            lookUpStarted.countDown();
            try {
                lookUpMayEnd.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            throw new LookupUnavailable("too late");
        };
        Path own = Files.createTempDirectory(home, "frontend");
        try (var restarted = new RunningFrontend(
                        own,
                        RunningFrontend.LIMITS,
                        RunningFrontend.TIMEOUTS,
                        List.of(),
                        RekeyLimit.RECOMMENDED,
                        slowKeys);
                var signing = new ScriptedClient(restarted.port(), ScriptedClient.signed(unknown, ED25519, unknown));
                var waiting = new ScriptedClient(restarted.port(), ScriptedClient.query(other, ED25519), session -> {
                    lookUpMayEnd.await();
                    return ScriptedClient.query(other, ED25519).message(session);
                });
                Closeable _ = lookUpMayEnd::countDown) {
            AuthFuture _ = signing.session.auth();
            AuthFuture _ = waiting.session.auth();
            assertThat(waiting.nextReply()).isEqualTo("60");
            assertThat(lookUpStarted.await(60, TimeUnit.SECONDS)).isTrue();
            restarted.listener.drain(Duration.ofSeconds(60));

            assertThat(List.of(next(restarted), next(restarted)))
                    .allSatisfy(each -> assertThat(each.message()).contains("restarting"))
                    .extracting(RefusedLogin::reason, RefusedLogin::keys, RefusedLogin::isKeyVerified)
                    .containsExactlyInAnyOrder(
                            tuple(Reason.KEY_NOT_LOOKED_UP, List.of(unknown.fingerprint()), true),
                            tuple(Reason.UNFINISHED, List.of(other.fingerprint()), false));
        }
    }

    /** The limits count open connections, so a leaked one would use up a slot for ever. */
    @Test
    void connectionIsRemovedWhenItsReportFails() throws Exception {
        var existing = new RefusedLogin(
                Instant.now(),
                InetAddress.getLoopbackAddress(),
                "git",
                List.of(),
                Reason.NO_KEY,
                false,
                "",
                Duration.ZERO);
        try {
            for (int i = frontend.refusedLogins.remainingCapacity(); i > 0; i--) {
                frontend.refusedLogins.add(existing);
            }
            frontend.run(unknown, List.of(), NOTHING, "whoami");

            await().atMost(Duration.ofSeconds(60)).until(() -> frontend.listener.connections() == 0);
            assertThat(frontend.refusedLogins).containsOnly(existing);
        } finally {
            frontend.refusedLogins.clear();
        }
    }

    @Test
    void tooManySignaturesAreReported() throws Exception {
        var steps = new ScriptedClient.Step[RunningFrontend.LIMITS.maxAuthTries() + 1];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = ScriptedClient.signed(unknown, ED25519, unknown);
        }
        try (var client = new ScriptedClient(frontend.port(), steps)) {
            assertThat(client.authenticate()).isFalse();
        }

        RefusedLogin refused = next(frontend);
        assertThat(refused.reason()).isEqualTo(Reason.MAX_AUTH_TRIES);
        assertThat(refused.isKeyVerified()).isTrue();
        assertThat(refused.message()).contains("Too many keys");
    }

    /** A load balancer's health check or a port scanner connects in this way. */
    @Test
    void connectionWithoutAuthenticationRequestIsNotReported() throws Exception {
        try (var probe = new Socket(InetAddress.getLoopbackAddress(), frontend.port())) {
            probe.getOutputStream().write("SSH-2.0-probe\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(probe.getInputStream().readNBytes(4)).isEqualTo("SSH-".getBytes(StandardCharsets.US_ASCII));
        }
        frontend.run(other, List.of(), NOTHING, "whoami");

        assertThat(next(frontend).keys()).containsExactly(other.fingerprint());
    }

    @Test
    void clientOverAConnectionLimitIsReported() throws Exception {
        Limits all = RunningFrontend.LIMITS;
        var one = new Limits(all.backlog(), all.connectionsMax(), 1, 200, 50, 10, all.maxAuthTries());
        Path own = Files.createTempDirectory(home, "frontend");
        try (var narrow = RunningFrontend.with(own, one, RunningFrontend.TIMEOUTS);
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
        RefusedLogin refused = of.refusedLogins.poll(60, TimeUnit.SECONDS);
        assertThat(refused).isNotNull();
        return refused;
    }
}
