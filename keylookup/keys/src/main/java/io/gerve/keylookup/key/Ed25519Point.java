package io.gerve.keylookup.key;

import java.math.BigInteger;

/**
 * Validation of the point of an ed25519 key. Its y coordinate must be reduced and belong to a point on the curve. The
 * point must not be one of the eight points of small order, for which a signature can be constructed that is valid for
 * many messages.
 *
 * <p>On the curve -x² + y² = 1 + dx²y² (RFC 8032, section 5.1), both x² and the y coordinate of the doubled point
 * follow from y alone. The validation therefore needs neither a square root nor a list of the refused points.
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
     * Reads and validates the 32 bytes of RFC 8709.
     *
     * @return the conventional size in bits, 256
     */
    static int read(BlobReader blob) throws InvalidKey {
        byte[] bytes = blob.string(BYTES);
        if (bytes.length != BYTES) {
            throw BlobReader.damaged();
        }
        BigInteger y = littleEndianWithoutSign(bytes);
        if (y.compareTo(P) >= 0 || !isOnCurve(y) || isOfSmallOrder(y)) {
            throw new InvalidKey("The key is broken: no correct program creates an ed25519 key with this value. "
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

    /** Returns true if x² is a square, by Euler's criterion. */
    private static boolean isOnCurve(BigInteger y) {
        BigInteger xSquared = xSquared(y);
        return xSquared.signum() == 0 || xSquared.modPow(P.shiftRight(1), P).equals(ONE);
    }

    /** Returns true if eight times the point is the neutral element, whose y is 1. */
    private static boolean isOfSmallOrder(BigInteger y) {
        return yOfDouble(yOfDouble(yOfDouble(y))).equals(ONE);
    }

    /** Computes x². The divisor 1 + dy² is never zero, since -1 is a square modulo p and d is not. */
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
