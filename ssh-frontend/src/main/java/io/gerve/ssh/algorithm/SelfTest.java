package io.gerve.ssh.algorithm;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.util.List;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.security.SecurityUtils;

/**
 * Self-test of the cryptography at startup. Without BouncyCastle on the class path, MINA silently drops Ed25519 host
 * keys and refuses Ed25519 user keys, which looks to the user like a key that is not registered.
 */
public final class SelfTest {
    private static final byte[] MESSAGE = {'g', 'e', 'r', 'v', 'e'};

    private SelfTest() {}

    /**
     * Runs each key exchange that the frontend offers and signs with each host key.
     *
     * @throws IOException if an algorithm that the frontend offers does not work; the message names it
     */
    public static void run(List<KeyPair> hostKeys, List<DHFactory> keyExchanges) throws IOException {
        if (!SecurityUtils.isBouncyCastleRegistered()) {
            throw new IOException("BouncyCastle (bcprov) is not on the class path, so Ed25519 keys would not work");
        }
        for (DHFactory exchange : keyExchanges) {
            try {
                if (!exchange.isSupported() || !computes(exchange.create())) {
                    throw new IOException("Key exchange " + exchange.getName() + " does not work on this Java runtime");
                }
            } catch (Exception e) {
                throw new IOException("Key exchange " + exchange.getName() + " does not work on this Java runtime", e);
            }
        }
        try {
            requireSigns(
                    SecurityUtils.getKeyPairGenerator(SecurityUtils.ED25519).generateKeyPair(),
                    BuiltinSignatures.ed25519);
        } catch (GeneralSecurityException e) {
            throw new IOException("Ed25519 keys do not work on this Java runtime", e);
        }
        for (KeyPair key : hostKeys) {
            for (BuiltinSignatures each : SshAlgorithms.signatures(key)) {
                requireSigns(key, each);
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

    private static void requireSigns(KeyPair key, BuiltinSignatures algorithm) throws IOException {
        try {
            Signature signer = algorithm.create();
            signer.initSigner(null, key.getPrivate());
            signer.update(null, MESSAGE);
            byte[] signature = signer.sign(null);
            if (!verifies(key, algorithm, signature, MESSAGE) || verifies(key, algorithm, signature, digest(MESSAGE))) {
                throw new IOException("A signature with " + algorithm.getName()
                        + " does not verify: the private and public key do not match. Check the host key file.");
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("Cannot sign with " + algorithm.getName(), e);
        }
    }

    private static boolean verifies(KeyPair key, BuiltinSignatures algorithm, byte[] signature, byte[] message)
            throws Exception {
        Signature verifier = algorithm.create();
        verifier.initVerifier(null, key.getPublic());
        verifier.update(null, message);
        return verifier.verify(null, signature);
    }

    private static byte[] digest(byte[] message) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(message);
    }
}
