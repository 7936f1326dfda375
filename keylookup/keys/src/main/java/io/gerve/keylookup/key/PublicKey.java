package io.gerve.keylookup.key;

import java.util.Arrays;
import java.util.Base64;

/** SSH public key. */
public final class PublicKey {
    private final KeyAlgorithm algorithm;
    private final int bits;
    private final byte[] blob;

    /** Creates a key without validating its blob, which must have been parsed before. */
    public PublicKey(KeyAlgorithm algorithm, int bits, byte[] blob) {
        this.algorithm = algorithm;
        this.bits = bits;
        this.blob = blob.clone();
    }

    /**
     * Parses a line of an {@code id_ed25519.pub} file. {@link KeyLine} returns its comment as well.
     *
     * @throws InvalidKey if the text is not one line with one acceptable key
     */
    public static PublicKey ofLine(String line) throws InvalidKey {
        return KeyLine.parse(line).key();
    }

    /**
     * Parses the encoding of RFC 4253, section 6.6, RFC 5656, RFC 8709 and OpenSSH's PROTOCOL.u2f.
     *
     * @throws InvalidKey if the blob is not the canonical encoding of an acceptable key, or has trailing bytes
     */
    public static PublicKey ofBlob(byte[] blob) throws InvalidKey {
        return KeyBlob.read(blob);
    }

    public KeyAlgorithm algorithm() {
        return algorithm;
    }

    /** Returns the conventional size in bits: of the modulus for RSA, of the curve for other keys (256 for ed25519). */
    public int bits() {
        return bits;
    }

    /** Returns the encoding of RFC 4253, section 6.6. */
    public byte[] blob() {
        return blob.clone();
    }

    public Fingerprint fingerprint() {
        return Fingerprint.ofBlob(blob);
    }

    /** Returns the form of authorized_keys and known_hosts files, without a comment: {@code ssh-ed25519 AAAA…}. */
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
