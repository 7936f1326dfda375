package io.gerve.keylookup.key;

import java.math.BigInteger;
import java.util.BitSet;
import java.util.stream.IntStream;

/** Tells moduli whose factors can be found. None of the tests takes longer than some tens of milliseconds for 8192 bits. */
public record RsaModulus(BigInteger value) {
    /** With the leading zero that the encoding may ask for. */
    private static final int BYTES_MAX = 8192 / Byte.SIZE + 1;

    private static final int EXPONENT_BYTES_MAX = 9;

    private static final int SMALL_PRIME_MAX = 1 << 16;
    private static final BigInteger SMALL_PRIMES =
            primesTo(SMALL_PRIME_MAX).mapToObj(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);

    /** Up to the largest prime that divides the M of every length of key that the broken library made (Nemec et al., CCS 2017). */
    private static final int[] ROCA_PRIMES = primesTo(167).toArray();

    private static final int ROCA_GENERATOR = 65_537;

    /** A hundred steps find primes that share their upper half and some bits more; chance never makes such a pair. */
    private static final int FERMAT_STEPS = 100;

    /** @param key an RSA key whose blob was read before */
    public static RsaModulus of(PublicKey key) {
        try {
            var blob = new BlobReader(key.blob());
            blob.name();
            blob.positive(EXPONENT_BYTES_MAX);
            return new RsaModulus(new BigInteger(1, blob.positive(BYTES_MAX)));
        } catch (InvalidKey e) {
            throw new IllegalArgumentException("not an RSA key: " + key.fingerprint(), e);
        }
    }

    /** Whether a prime below 65536 divides it, as it does when what made it skipped the test for primes. */
    public boolean hasSmallFactor() {
        return !SMALL_PRIMES.mod(value).gcd(value).equals(BigInteger.ONE);
    }

    /**
     * Whether it was made by the library of CVE-2017-15361, whose primes are powers of 65537 modulo a product of small primes, so
     * that the modulus is one modulo each of these. One sound modulus in some hundred million is, too.
     */
    public boolean isRoca() {
        return IntStream.of(ROCA_PRIMES).allMatch(prime -> isPowerOfGenerator(remainder(prime), prime));
    }

    /** Whether its two factors are so close that Fermat's method finds them: CVE-2022-26320. */
    public boolean hasCloseFactors() {
        BigInteger middle = value.sqrt();
        if (middle.multiply(middle).compareTo(value) < 0) {
            middle = middle.add(BigInteger.ONE);
        }
        BigInteger square = middle.multiply(middle).subtract(value);
        for (int step = 0; step < FERMAT_STEPS; step++) {
            if (isSquare(square)) {
                return true;
            }
            square = square.add(middle.shiftLeft(1)).add(BigInteger.ONE);
            middle = middle.add(BigInteger.ONE);
        }
        return false;
    }

    /** But for 2, which every modulus was asked for before. */
    private static IntStream primesTo(int most) {
        var composite = new BitSet(most + 1);
        for (int n = 3; n * n <= most; n += 2) {
            for (int multiple = n * n; multiple <= most && !composite.get(n); multiple += 2 * n) {
                composite.set(multiple);
            }
        }
        return IntStream.rangeClosed(3, most).filter(n -> n % 2 == 1 && !composite.get(n));
    }

    private int remainder(int prime) {
        return value.mod(BigInteger.valueOf(prime)).intValueExact();
    }

    private static boolean isPowerOfGenerator(int number, int prime) {
        int power = 1;
        do {
            if (power == number) {
                return true;
            }
            power = Math.toIntExact((long) power * ROCA_GENERATOR % prime);
        } while (power != 1);
        return false;
    }

    /** The root is taken only of what the last bits do not rule out: a square is 0, 1, 4 or 9 modulo 16. */
    private static boolean isSquare(BigInteger number) {
        return switch (number.intValue() & 15) {
            case 0, 1, 4, 9 -> number.sqrtAndRemainder()[1].signum() == 0;
            default -> false;
        };
    }
}
