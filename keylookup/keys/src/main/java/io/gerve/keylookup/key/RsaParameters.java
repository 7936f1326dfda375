package io.gerve.keylookup.key;

/**
 * Validation of the parameters of an RSA key. It checks only lengths and last bits, since arithmetic on 16,384 bits can
 * take minutes.
 */
final class RsaParameters {
    private static final int BITS_MIN = 2048;
    private static final int BITS_MAX = 8192;
    private static final int EXPONENT_BYTES_MAX = 8;
    /** Far above the accepted size, so that the error for a large key names its size instead of calling it damaged. */
    private static final int READ_BYTES_MAX = 12 * 1024;

    private RsaParameters() {}

    /**
     * Reads and validates exponent and modulus (RFC 4253, section 6.6).
     *
     * @return the size in bits
     */
    static int read(BlobReader blob) throws InvalidKey {
        byte[] exponent = blob.positive(READ_BYTES_MAX);
        byte[] modulus = blob.positive(READ_BYTES_MAX);
        int bits = bits(modulus);
        if (bits < BITS_MIN || bits > BITS_MAX) {
            throw new InvalidKey("This RSA key has " + bits + " bits; Gerve accepts " + BITS_MIN + " to " + BITS_MAX
                    + ". " + KeyLineDiagnosis.newKey());
        }
        if (exponent.length > EXPONENT_BYTES_MAX || isEven(exponent) || isOne(exponent)) {
            throw new InvalidKey(
                    "This RSA key has an unusual exponent. Gerve accepts odd exponents from 3 up to 64 bits; 65537 is"
                            + " usual. " + KeyLineDiagnosis.newKey());
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
