package io.gerve.ssh;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.security.SecurityUtils;

/**
 * Tries the cryptography once before anybody connects. Without BouncyCastle on the class path MINA says nothing, drops Ed25519 host keys
 * and turns Ed25519 users away, which looks like a key that was not registered.
 */
final class SelfTest {
    private static final byte[] MESSAGE = {'g', 'e', 'r', 'v', 'e'};

    private SelfTest() {}

    /** @throws IOException if something that the front end offers does not work here; the message says what */
    static void run(List<KeyPair> hostKeys) throws IOException {
        if (!SecurityUtils.isBouncyCastleRegistered()) {
            throw new IOException("BouncyCastle (bcprov) is not on the class path: Ed25519 keys would not work");
        }
        for (DHFactory exchange : SshAlgorithms.KEY_EXCHANGES) {
            try {
                if (!exchange.isSupported() || !computes(exchange.create())) {
                    throw new IOException("the key exchange " + exchange.getName() + " does not work on this Java");
                }
            } catch (Exception e) {
                throw new IOException("the key exchange " + exchange.getName() + " does not work on this Java", e);
            }
        }
        try {
            signs(
                    SecurityUtils.getKeyPairGenerator(SecurityUtils.ED25519).generateKeyPair(),
                    BuiltinSignatures.ed25519);
        } catch (GeneralSecurityException e) {
            throw new IOException("Ed25519 keys do not work on this Java", e);
        }
        for (KeyPair key : hostKeys) {
            boolean ed25519 = KeyPairProvider.SSH_ED25519.equals(KeyUtils.getKeyType(key));
            for (BuiltinSignatures each : ed25519
                    ? List.of(BuiltinSignatures.ed25519)
                    : List.of(BuiltinSignatures.rsaSHA512, BuiltinSignatures.rsaSHA256)) {
                signs(key, each);
            }
        }
    }

    private static boolean computes(AbstractDH exchange) throws Exception {
        KeyEncapsulationMethod postQuantum = exchange.getKeyEncapsulation();
        if (postQuantum != null) {
            KeyEncapsulationMethod.Server server = postQuantum.getServer();
            server.init(new byte[server.getPublicKeyLength()]);
            if (server.getSecret().length == 0) {
                return false;
            }
        }
        return exchange.getE().length > 0;
    }

    private static void signs(KeyPair key, BuiltinSignatures with) throws IOException {
        try {
            Signature signer = with.create();
            signer.initSigner(null, key.getPrivate());
            signer.update(null, MESSAGE);
            byte[] signature = signer.sign(null);
            if (!verifies(key, with, signature, MESSAGE) || verifies(key, with, signature, digest(MESSAGE))) {
                throw new IOException(
                        "a signature with " + with.getName() + " does not verify: is the private key file damaged?");
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot sign with " + with.getName(), e);
        }
    }

    private static boolean verifies(KeyPair key, BuiltinSignatures with, byte[] signature, byte[] message)
            throws Exception {
        Signature verifier = with.create();
        verifier.initVerifier(null, key.getPublic());
        verifier.update(null, message);
        return verifier.verify(null, signature);
    }

    private static byte[] digest(byte[] message) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(message);
    }
}
