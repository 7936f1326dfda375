package io.gerve.keylookup.key;

import java.util.Arrays;
import java.util.Base64;

/** An SSH public key whose blob was read to its last byte and is the one encoding of that key. */
public final class PublicKey {
    private final KeyAlgorithm algorithm;
    private final int bits;
    private final byte[] blob;

    public PublicKey(KeyAlgorithm algorithm, int bits, byte[] blob) {
        this.algorithm = algorithm;
        this.bits = bits;
        this.blob = blob.clone();
    }

    /**
     * Reads a line of an {@code id_ed25519.pub} file; {@link KeyLine} tells its comment too.
     *
     * @throws InvalidKey if it is not one line with one key that Gerve takes
     */
    public static PublicKey ofLine(String line) throws InvalidKey {
        return KeyLine.parse(line).key();
    }

    /**
     * Reads the encoding of RFC 4253 6.6, RFC 5656, RFC 8709 and OpenSSH's PROTOCOL.u2f.
     *
     * @throws InvalidKey if it is not, to its last byte, the one encoding of a sound key that Gerve takes
     */
    public static PublicKey ofBlob(byte[] blob) throws InvalidKey {
        return KeyBlob.read(blob);
    }

    public KeyAlgorithm algorithm() {
        return algorithm;
    }

    /** The size by which people know the key: the modulus for RSA, the curve's order for the others (256 for ed25519). */
    public int bits() {
        return bits;
    }

    /** The encoding of RFC 4253, section 6.6. */
    public byte[] blob() {
        return blob.clone();
    }

    public Fingerprint fingerprint() {
        return Fingerprint.ofBlob(blob);
    }

    /** As in an authorized_keys or known_hosts file, without a comment: {@code ssh-ed25519 AAAA…}. */
    public String text() {
        return algorithm.wireName() + ' ' + Base64.getEncoder().encodeToString(blob);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicKey key && Arrays.equals(blob, key.blob);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(blob);
    }

    @Override
    public String toString() {
        return algorithm.wireName() + ' ' + fingerprint();
    }
}
