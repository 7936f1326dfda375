package io.gerve.keylookup.key;

import java.util.Arrays;
import java.util.Optional;

/**
 * Types of public keys that Gerve accepts, with the name at the beginning of the blob (RFC 4253, section 6.6; RFC 5656;
 * RFC 8709; PROTOCOL.u2f).
 */
public enum KeyAlgorithm {
    ED25519("ssh-ed25519"),
    ECDSA_256("ecdsa-sha2-nistp256"),
    ECDSA_384("ecdsa-sha2-nistp384"),
    ECDSA_521("ecdsa-sha2-nistp521"),
    RSA("ssh-rsa"),
    SK_ED25519("sk-ssh-ed25519@openssh.com"),
    SK_ECDSA_256("sk-ecdsa-sha2-nistp256@openssh.com");

    private final String wireName;

    KeyAlgorithm(String wireName) {
        this.wireName = wireName;
    }

    /**
     * Finds a type by its name. Returns empty for types that Gerve does not accept: DSA, certificates and unknown
     * types.
     */
    public static Optional<KeyAlgorithm> ofWireName(String name) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.wireName.equals(name))
                .findFirst();
    }

    public String wireName() {
        return wireName;
    }
}
