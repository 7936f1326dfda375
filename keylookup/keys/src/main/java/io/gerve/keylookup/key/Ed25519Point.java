package io.gerve.keylookup.key;

import java.math.BigInteger;

/**
 * What is asked of an ed25519 key: its y is reduced, belongs to a point of the curve, and that point is not one of the eight of small
 * order, for which a signature can be made that fits many messages.
 *
 * <p>On the curve -x² + y² = 1 + dx²y² (RFC 8032, section 5.1) both x² and the y of a point's double follow from y alone, so that
 * neither a square root nor a list of the bad points is needed.
 */
final class Ed25519Point {
    private static final int BYTES = 32;
    private static final BigInteger ONE = BigInteger.ONE;
    private static final BigInteger P = ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger D = BigInteger.valueOf(-121665)
            .multiply(BigInteger.valueOf(121666).modInverse(P))
            .mod(P);

    private Ed25519Point() {}

    /**
     * Reads the 32 bytes of RFC 8709.
     *
     * @return the size in bits, 256 by custom
     */
    static int read(BlobReader blob) throws InvalidKey {
        byte[] bytes = blob.string(BYTES);
        if (bytes.length != BYTES) {
            throw BlobReader.damaged();
        }
        BigInteger y = littleEndianWithoutSign(bytes);
        if (y.compareTo(P) >= 0 || !isOnCurve(y) || isOfSmallOrder(y)) {
            throw new InvalidKey("The key is broken: an ed25519 key made by a sound program never has this value. "
                    + KeyLineDiagnosis.newKey());
        }
        return 256;
    }

    private static BigInteger littleEndianWithoutSign(byte[] bytes) {
        byte[] reversed = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            reversed[i] = bytes[BYTES - 1 - i];
        }
        return new BigInteger(1, reversed).clearBit(255);
    }

    /** Euler's criterion: x² is a square. */
    private static boolean isOnCurve(BigInteger y) {
        BigInteger xSquared = xSquared(y);
        return xSquared.signum() == 0 || xSquared.modPow(P.shiftRight(1), P).equals(ONE);
    }

    /** Whether eight times the point is the neutral one, whose y is 1. */
    private static boolean isOfSmallOrder(BigInteger y) {
        return yOfDouble(yOfDouble(yOfDouble(y))).equals(ONE);
    }

    /** d is no square, so that 1 + dy² is never zero. */
    private static BigInteger xSquared(BigInteger y) {
        BigInteger ySquared = y.multiply(y);
        return quotient(ySquared.subtract(ONE), D.multiply(ySquared).add(ONE));
    }

    private static BigInteger yOfDouble(BigInteger y) {
        BigInteger ySquared = y.multiply(y).mod(P);
        BigInteger xSquared = xSquared(y);
        return quotient(
                ySquared.add(xSquared), ONE.subtract(D.multiply(xSquared).multiply(ySquared)));
    }

    private static BigInteger quotient(BigInteger dividend, BigInteger divisor) {
        return dividend.multiply(divisor.modInverse(P)).mod(P);
    }
}
