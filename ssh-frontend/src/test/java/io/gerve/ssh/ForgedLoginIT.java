package io.gerve.ssh;

import static io.gerve.ssh.ScriptedClient.query;
import static io.gerve.ssh.ScriptedClient.raw;
import static io.gerve.ssh.ScriptedClient.serviceRequest;
import static io.gerve.ssh.ScriptedClient.signed;
import static io.gerve.ssh.ScriptedClient.signedForOtherSession;
import static io.gerve.ssh.ScriptedClient.signedThenSwapped;
import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.ssh.ScriptedClient.Step;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks on the identity of a client. */
class ForgedLoginIT {
    private static final String ED25519 = "ssh-ed25519";
    private static final String SK_ED25519 = "sk-ssh-ed25519@openssh.com";
    private static final String PK_OK = "60";
    private static final byte TOUCHED = 1;

    @TempDir
    static Path home;

    private static RunningFrontend frontend;
    private static SshKey victim;
    private static SshKey mine;

    @BeforeAll
    static void start() throws Exception {
        frontend = new RunningFrontend(home);
        victim = frontend.user;
        mine = SshKey.generate(home, "mine", "ed25519");
        frontend.keys.register(mine.fingerprint());
    }

    @AfterAll
    static void stop() {
        frontend.close();
    }

    private static boolean isAccepted(Step... steps) throws Exception {
        try (var client = new ScriptedClient(frontend.port(), steps)) {
            return client.authenticate();
        }
    }

    /**
     * Gitblit CVE-2024-28080, x/crypto CVE-2024-45337: the server took the key that was offered first or last for the
     * key that signed.
     */
    @Test
    void identityIsTheKeyThatSignedNotOneThatWasOffered() throws Exception {
        List<Step[]> orders = List.of(
                new Step[] {query(victim, ED25519), signed(mine, ED25519, mine)},
                new Step[] {query(mine, ED25519), query(victim, ED25519), signed(mine, ED25519, mine)},
                new Step[] {query(victim, ED25519), query(mine, ED25519), signed(mine, ED25519, mine)},
                new Step[] {signed(victim, ED25519, mine), signed(mine, ED25519, mine)});
        for (Step[] order : orders) {
            try (var client = new ScriptedClient(frontend.port(), order)) {
                assertThat(client.authenticate()).isTrue();
                assertThat(client.run("whoami")).isEqualTo(mine.fingerprint().text());
            }
        }
    }

    @Test
    void onlyASignatureByTheKeyOverThisRequestIsAccepted() throws Exception {
        assertThat(isAccepted(query(victim, ED25519))).isFalse();
        assertThat(isAccepted(query(victim, ED25519), signed(victim, ED25519, mine)))
                .isFalse();
        assertThat(isAccepted(query(victim, ED25519), signedThenSwapped(victim, mine, ED25519)))
                .isFalse();
        assertThat(isAccepted(signedForOtherSession(victim, ED25519))).isFalse();
        assertThat(isAccepted(raw(ED25519, victim.blob(), new byte[0]))).isFalse();
        assertThat(isAccepted(raw(ED25519, victim.blob(), new byte[83]))).isFalse();
    }

    /** An agent asks its user before it signs, and a security key needs a touch. */
    @Test
    void offersOfUnregisteredKeysAreRefused() throws Exception {
        SshKey unknown = SshKey.generate(home, "unknown", "ed25519");
        try (var client = new ScriptedClient(frontend.port(), query(unknown, ED25519), query(victim, ED25519))) {
            assertThat(client.authenticate()).isFalse();
            assertThat(client.nextReply()).isEqualTo(PK_OK);
            assertThat(client.replies).doesNotContain(PK_OK);
        }
    }

    /** The attack: to offer public keys and learn from the replies which of them are registered. */
    @Test
    void offersGetTheSameReplyWithoutLookUpIfRegisteredKeysAreHidden() throws Exception {
        SshKey unknown = SshKey.generate(home, "stranger", "ed25519");
        try (var hiding = RunningFrontend.hidingRegisteredKeys(Files.createTempDirectory(home, "hiding"))) {
            for (SshKey key : List.of(unknown, hiding.user)) {
                try (var client = new ScriptedClient(hiding.port(), query(key, ED25519))) {
                    assertThat(client.authenticate()).isFalse();
                    assertThat(client.nextReply()).isEqualTo(PK_OK);
                    assertThat(hiding.keys.lookups()).isEmpty();
                }
            }
        }
    }

    @Test
    void forgedSignatureCausesNoLookUp() throws Exception {
        int lookups = frontend.keys.lookups().size();
        assertThat(isAccepted(signed(victim, ED25519, mine))).isFalse();
        assertThat(frontend.keys.lookups()).hasSize(lookups);
    }

    @Test
    void changeOfUserNameOrServiceIsRefused() throws Exception {
        try (var client = new ScriptedClient(
                frontend.port(),
                query(mine, ED25519),
                signed("root", "ssh-connection", mine, ED25519, mine, ED25519))) {
            assertThat(client.authenticate()).isFalse();
        }
        assertThat(isAccepted(signed("git", "ssh-userauth", mine, ED25519, mine, ED25519)))
                .isFalse();
    }

    /** The attack: a second service request, which resets the count of attempts and the login grace time in MINA. */
    @Test
    void secondServiceRequestIsRefused() throws Exception {
        assertThat(isAccepted(serviceRequest("ssh-userauth"), signed(mine, ED25519, mine)))
                .isFalse();
        assertThat(isAccepted(serviceRequest("ssh-connection"), signed(mine, ED25519, mine)))
                .isFalse();
    }

    @Test
    void mismatchOfBlobAlgorithmAndSignatureIsRefused() throws Exception {
        SshKey rsa = SshKey.generate(home, "rsa", "rsa -b 2048");
        frontend.keys.register(rsa.fingerprint());
        assertThat(isAccepted(signed(rsa, "ssh-rsa", rsa))).isFalse();
        assertThat(isAccepted(signed("git", "ssh-connection", rsa, "rsa-sha2-512", rsa, "ssh-rsa")))
                .isFalse();
        assertThat(isAccepted(signed("git", "ssh-connection", rsa, "rsa-sha2-512", rsa, "rsa-sha2-256")))
                .isFalse();
        assertThat(isAccepted(signed("git", "ssh-connection", rsa, ED25519, rsa, "rsa-sha2-512")))
                .isFalse();
        assertThat(isAccepted(signed(rsa, "rsa-sha2-512", rsa))).isTrue();
        assertThat(isAccepted(query(mine, "rsa-sha2-512"), query(mine, "ssh-dss")))
                .isFalse();
    }

    /**
     * The attack: an RSA key of 16 384 bits, or with a long exponent, costs seconds of processor time for each attempt.
     */
    @Test
    void oversizedRsaKeysAreRefusedBeforeAnyArithmetic() throws Exception {
        Random random = new Random(1);
        for (int[] bits : new int[][] {{16_384, 17}, {4096, 4090}}) {
            Buffer blob = new ByteArrayBuffer();
            blob.putString("ssh-rsa");
            blob.putMPInt(new BigInteger(bits[1], random).setBit(bits[1] - 1).setBit(0));
            blob.putMPInt(new BigInteger(bits[0], random).setBit(bits[0] - 1).setBit(0));
            Buffer signature = new ByteArrayBuffer();
            signature.putString("rsa-sha2-256");
            signature.putBytes(new byte[bits[0] / 8]);
            try (var client = new ScriptedClient(
                    frontend.port(),
                    session -> ScriptedClient.request(
                            session, "git", "ssh-connection", false, "rsa-sha2-256", blob.getCompactData()),
                    raw("rsa-sha2-256", blob.getCompactData(), signature.getCompactData()))) {
                assertThat(client.authenticate()).isFalse();
                assertThat(client.nextReply()).isNotEqualTo(PK_OK);
            }
        }
    }

    /** MINA checks the dates and the signature of a certificate, but not its authority. */
    @Test
    void certificatesAreRefused() throws Exception {
        SshKey authority = SshKey.generate(home, "authority", "ed25519");
        Process signing = new ProcessBuilder(
                        "ssh-keygen",
                        "-q",
                        "-s",
                        authority.file().toString(),
                        "-I",
                        "x",
                        "-n",
                        "git",
                        mine.file() + ".pub")
                .start();
        assertThat(signing.waitFor()).isZero();
        SshKey certificate = new SshKey(home.resolve("mine-cert"));
        frontend.keys.register(certificate.fingerprint());
        String algorithm = "ssh-ed25519-cert-v01@openssh.com";
        try (var client = new ScriptedClient(frontend.port(), query(certificate, algorithm))) {
            assertThat(client.authenticate()).isFalse();
            assertThat(client.nextReply()).isNotEqualTo(PK_OK);
        }
        assertThat(isAccepted(signed(certificate, algorithm, mine))).isFalse();
        assertThat(isAccepted(signed(certificate, ED25519, mine))).isFalse();
    }

    @Test
    void tooManySignaturesEndTheConnectionWithAHint() throws Exception {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i <= RunningFrontend.LIMITS.maxAuthTries(); i++) {
            steps.add(signed(victim, ED25519, mine));
        }
        steps.add(signed(mine, ED25519, mine));
        try (var client = new ScriptedClient(frontend.port(), steps.toArray(Step[]::new))) {
            assertThat(client.authenticate()).isFalse();
            assertThat(client.nextReply()).contains("Too many keys were tried");
        }
        assertThat(isAccepted(
                        signed(victim, ED25519, mine), signed(victim, ED25519, mine), signed(mine, ED25519, mine)))
                .isTrue();
    }

    /** Identities of clients that authenticate at the same time must not mix. */
    @Test
    void concurrentLoginsKeepTheirOwnIdentities() throws Exception {
        List<SshKey> users = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            SshKey user = SshKey.generate(home, "user" + i, "ed25519");
            frontend.keys.register(user.fingerprint());
            users.add(user);
        }
        List<Future<?>> all = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(6)) {
            for (int i = 0; i < 24; i++) {
                SshKey me = users.get(i % users.size());
                SshKey other = users.get((i + 1) % users.size());
                all.add(threads.submit(() -> {
                    try (var client = new ScriptedClient(
                            frontend.port(), query(me, ED25519), query(other, ED25519), signed(me, ED25519, me))) {
                        assertThat(client.authenticate()).isTrue();
                        assertThat(client.run("whoami"))
                                .isEqualTo(me.fingerprint().text());
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
    }

    /** A security key in software. OpenSSH's PROTOCOL.u2f defines the data that it signs. */
    @Test
    void securityKeyAuthenticatesOnlyWithTouch() throws Exception {
        KeyPair pair = SecurityUtils.getKeyPairGenerator(SecurityUtils.ED25519).generateKeyPair();
        Buffer plain = new ByteArrayBuffer();
        plain.putRawPublicKey(pair.getPublic());
        plain.getString();
        Buffer blob = new ByteArrayBuffer();
        blob.putString(SK_ED25519);
        blob.putBytes(plain.getBytes());
        blob.putString("ssh:");
        byte[] key = blob.getCompactData();
        frontend.keys.register(Fingerprint.ofBlob(key));
        assertThat(isAccepted(signedBySecurityKey(SK_ED25519, key, pair, ED25519, TOUCHED)))
                .isTrue();
        assertThat(isAccepted(signedBySecurityKey(SK_ED25519, key, pair, ED25519, (byte) 0)))
                .isFalse();
    }

    @Test
    void ecdsaSecurityKeyAuthenticates() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), new SecureRandom());
        KeyPair pair = generator.generateKeyPair();
        Buffer plain = new ByteArrayBuffer();
        plain.putRawPublicKey(pair.getPublic());
        plain.getString();
        Buffer blob = new ByteArrayBuffer();
        blob.putString("sk-ecdsa-sha2-nistp256@openssh.com");
        blob.putString(plain.getString());
        blob.putBytes(plain.getBytes());
        blob.putString("ssh:");
        byte[] key = blob.getCompactData();
        frontend.keys.register(Fingerprint.ofBlob(key));
        assertThat(isAccepted(signedBySecurityKey(
                        "sk-ecdsa-sha2-nistp256@openssh.com", key, pair, "ecdsa-sha2-nistp256", TOUCHED)))
                .isTrue();
    }

    private static Step signedBySecurityKey(String algorithm, byte[] blob, KeyPair pair, String inner, byte flags) {
        return session -> {
            Buffer request = ScriptedClient.request(session, "git", "ssh-connection", true, algorithm, blob);
            Buffer message = new ByteArrayBuffer();
            message.putBytes(session.getSessionId());
            message.putRawBytes(request.array(), request.rpos(), request.available());
            Buffer data = new ByteArrayBuffer();
            data.putRawBytes(MessageDigest.getInstance("SHA-256").digest("ssh:".getBytes(StandardCharsets.UTF_8)));
            data.putByte(flags);
            data.putUInt(7);
            data.putRawBytes(MessageDigest.getInstance("SHA-256").digest(message.getCompactData()));
            Signature signer = NamedFactory.create(BuiltinSignatures.VALUES, inner);
            signer.initSigner(null, pair.getPrivate());
            signer.update(null, data.getCompactData());
            Buffer signature = new ByteArrayBuffer();
            signature.putString(algorithm);
            signature.putBytes(signer.sign(null));
            signature.putByte(flags);
            signature.putUInt(7);
            request.putBytes(signature.getCompactData());
            return request;
        };
    }
}
