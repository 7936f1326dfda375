package io.gerve.keylookup.key;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.EllipticCurve;
import java.util.Arrays;

/** NIST curves of RFC 5656. A point must be uncompressed, have reduced coordinates, and be on the curve. */
enum NistCurve {
    P256("nistp256", "secp256r1", 256),
    P384("nistp384", "secp384r1", 384),
    P521("nistp521", "secp521r1", 521);

    private static final byte UNCOMPRESSED = 4;

    private final String wireName;
    private final String javaName;
    private final int bits;

    NistCurve(String wireName, String javaName, int bits) {
        this.wireName = wireName;
        this.javaName = javaName;
        this.bits = bits;
    }

    /**
     * Reads and validates the name of the curve and a point on it.
     *
     * @return the size in bits
     */
    int read(BlobReader blob) throws InvalidKey {
        if (!blob.name().equals(wireName)) {
            throw new InvalidKey(
                    "The key names one curve in its type and another in its body. " + KeyLineDiagnosis.newKey());
        }
        int coordinate = (bits + 7) / 8;
        byte[] point = blob.string(1 + 2 * coordinate);
        if (point.length != 1 + 2 * coordinate || point[0] != UNCOMPRESSED) {
            throw new InvalidKey("The key's point is not written in the uncompressed form that SSH uses. "
                    + KeyLineDiagnosis.newKey());
        }
        BigInteger x = new BigInteger(1, Arrays.copyOfRange(point, 1, 1 + coordinate));
        BigInteger y = new BigInteger(1, Arrays.copyOfRange(point, 1 + coordinate, point.length));
        if (!isOnCurve(x, y)) {
            throw new InvalidKey("The key is broken: its point is not on its curve. " + KeyLineDiagnosis.newKey());
        }
        return bits;
    }

    /**
     * Returns true for a point on the curve. No further check is needed: the point at infinity has no uncompressed
     * form, and these curves have no other points of small order.
     */
    private boolean isOnCurve(BigInteger x, BigInteger y) {
        EllipticCurve curve = parameters().getCurve();
        BigInteger p = ((ECFieldFp) curve.getField()).getP();
        BigInteger right = x.pow(2).add(curve.getA()).multiply(x).add(curve.getB());
        return x.compareTo(p) < 0
                && y.compareTo(p) < 0
                && y.pow(2).subtract(right).mod(p).signum() == 0;
    }

    private ECParameterSpec parameters() {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(javaName));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + javaName, e);
        }
    }
}
