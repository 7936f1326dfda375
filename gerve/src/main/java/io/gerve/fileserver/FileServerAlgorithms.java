package io.gerve.fileserver;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.KEM;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.Signature;
import com.jcraft.jsch.XDH;
import io.gerve.keylookup.key.KeyAlgorithm;
import java.util.Map;

/**
 * SSH algorithms for connections to file servers: those of stock OpenSSH from 9.0, without finite-field Diffie-Hellman,
 * CBC and SHA-1 (RATIONALE.md).
 */
final class FileServerAlgorithms {
    private static final String KEY_EXCHANGES = "mlkem768x25519-sha256,sntrup761x25519-sha512,"
            + "sntrup761x25519-sha512@openssh.com,curve25519-sha256,ecdh-sha2-nistp256";
    private static final String CIPHERS = "aes128-gcm@openssh.com,aes256-gcm@openssh.com";
    /** MAC algorithms. The protocol requires a list, but GCM authenticates by itself. */
    private static final String MACS = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com";

    private static final String RSA_SIGNATURES = "rsa-sha2-512,rsa-sha2-256";
    private static final String SIGNATURES =
            "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521," + RSA_SIGNATURES;

    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("kex", KEY_EXCHANGES),
            Map.entry("cipher.c2s", CIPHERS),
            Map.entry("cipher.s2c", CIPHERS),
            Map.entry("mac.c2s", MACS),
            Map.entry("mac.s2c", MACS),
            Map.entry("compression.c2s", "none"),
            Map.entry("compression.s2c", "none"),
            Map.entry("require_strict_kex", "yes"),
            Map.entry("StrictHostKeyChecking", "yes"),
            Map.entry("prefer_known_host_key_types", "no"),
            Map.entry("PubkeyAcceptedAlgorithms", SIGNATURES),
            Map.entry("PreferredAuthentications", "publickey"),
            // JSch would generate keys of every type before each login to find out what Java supports, and omit what it
            // does not support. check() does this once.
            Map.entry("CheckKexes", ""),
            Map.entry("CheckCiphers", ""),
            Map.entry("CheckMacs", ""),
            Map.entry("CheckSignatures", ""),
            // Saves two round trips per login: the gate knows the authentication method and the key.
            Map.entry("enable_auth_none", "no"),
            Map.entry("enable_pubkey_auth_query", "no"));

    private FileServerAlgorithms() {}

    static void applyTo(Session session, KeyAlgorithm hostKey) {
        SETTINGS.forEach(session::setConfig);
        session.setConfig("server_host_key", signaturesBy(hostKey));
    }

    /**
     * Tests the algorithms that not every Java supports.
     *
     * @throws IllegalStateException if this Java does not support one of them
     */
    static void check() {
        try {
            instance("mlkem768", KEM.class).init();
            instance("sntrup761", KEM.class).init();
            instance("xdh", XDH.class).init("X25519", 32);
            instance("ssh-ed25519", Signature.class).init();
        } catch (Exception | LinkageError e) {
            throw new IllegalStateException(
                    "this Java lacks ML-KEM, sntrup761 (from BouncyCastle), X25519 or Ed25519", e);
        }
    }

    private static <T> T instance(String algorithm, Class<T> type) throws ReflectiveOperationException {
        return Class.forName(JSch.getConfig(algorithm))
                .asSubclass(type)
                .getDeclaredConstructor()
                .newInstance();
    }

    private static String signaturesBy(KeyAlgorithm hostKey) {
        return switch (hostKey) {
            case ED25519, ECDSA_256, ECDSA_384, ECDSA_521 -> hostKey.wireName();
            case RSA -> RSA_SIGNATURES;
            case SK_ED25519, SK_ECDSA_256 -> throw new IllegalArgumentException("security keys cannot be host keys");
        };
    }
}
