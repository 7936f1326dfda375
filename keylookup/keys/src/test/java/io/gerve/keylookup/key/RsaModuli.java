package io.gerve.keylookup.key;

import java.math.BigInteger;
import java.util.Random;
import java.util.stream.IntStream;

/** Generator of sound RSA moduli, and of weak ones as flawed programs generate them. */
public final class RsaModuli {
    /** Constant M of the library of CVE-2017-15361 for moduli of 2048 bits: the product of the first 126 primes. */
    private static final BigInteger ROCA_M = IntStream.rangeClosed(2, 701)
            .mapToObj(BigInteger::valueOf)
            .filter(n -> n.isProbablePrime(30))
            .reduce(BigInteger.ONE, BigInteger::multiply);

    private final Random random = new Random(20_171_016);

    /** Returns a modulus whose primes are k·M + (65537^a mod M). */
    public BigInteger roca() {
        return of2048Bits(this::rocaPrime);
    }

    /** Returns a modulus whose second prime is the next one after the first. */
    public BigInteger closePrimes() {
        BigInteger one = prime(1024).setBit(1022).nextProbablePrime();
        return one.multiply(one.nextProbablePrime());
    }

    /** Returns a modulus that is the product of a prime and a small factor. */
    public BigInteger smallFactor(int factor) {
        return prime(2048 - 16).multiply(BigInteger.valueOf(factor));
    }

    public BigInteger sound() {
        return of2048Bits(() -> prime(1024));
    }

    private BigInteger of2048Bits(Primes primes) {
        BigInteger modulus;
        do {
            modulus = primes.next().multiply(primes.next());
        } while (modulus.bitLength() != 2048);
        return modulus;
    }

    private BigInteger rocaPrime() {
        BigInteger prime;
        do {
            BigInteger power = BigInteger.valueOf(65_537).modPow(new BigInteger(256, random), ROCA_M);
            BigInteger k = new BigInteger(1024 - ROCA_M.bitLength() + 1, random);
            prime = k.multiply(ROCA_M).add(power);
        } while (prime.bitLength() != 1024 || !prime.isProbablePrime(30));
        return prime;
    }

    private BigInteger prime(int bits) {
        return BigInteger.probablePrime(bits, random);
    }

    private interface Primes {
        BigInteger next();
    }
}
