package io.gerve.keylookup.key;

/** What is asked of an RSA key's numbers. Only their lengths and last bits are looked at: arithmetic on 16 384 bits costs minutes. */
final class RsaParameters {
    private static final int BITS_MIN = 2048;
    private static final int BITS_MAX = 8192;
    private static final int EXPONENT_BYTES_MAX = 8;
    /** Far above what is taken, so that a key that is too big hears so, and not that it is damaged. */
    private static final int READ_MAX = 12 * 1024;

    private RsaParameters() {}

    /**
     * Reads exponent and modulus (RFC 4253, section 6.6).
     *
     * @return the size in bits
     */
    static int read(BlobReader blob) throws InvalidKey {
        byte[] exponent = blob.positive(READ_MAX);
        byte[] modulus = blob.positive(READ_MAX);
        int bits = bits(modulus);
        if (bits < BITS_MIN || bits > BITS_MAX) {
            throw new InvalidKey("This RSA key has " + bits + " bits; Gerve takes " + BITS_MIN + " to " + BITS_MAX
                    + ". " + KeyLineDiagnosis.newKey());
        }
        if (exponent.length > EXPONENT_BYTES_MAX || isEven(exponent) || isOne(exponent)) {
            throw new InvalidKey(
                    "This RSA key has an unusual exponent: Gerve takes odd ones from 3 up to 64 bits; 65537 is usual. "
                            + KeyLineDiagnosis.newKey());
        }
        if (isEven(modulus)) {
            throw new InvalidKey("This RSA key is broken: its modulus is even. " + KeyLineDiagnosis.newKey());
        }
        return bits;
    }

    private static int bits(byte[] magnitude) {
        return magnitude.length * Byte.SIZE - (Integer.numberOfLeadingZeros(magnitude[0] & 0xff) - 24);
    }

    private static boolean isEven(byte[] magnitude) {
        return (magnitude[magnitude.length - 1] & 1) == 0;
    }

    private static boolean isOne(byte[] magnitude) {
        return magnitude.length == 1 && magnitude[0] == 1;
    }
}
