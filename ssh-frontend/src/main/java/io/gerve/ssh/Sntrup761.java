package io.gerve.ssh;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;

/**
 * The server's half of sntrup761, the post-quantum part of the key exchange that OpenSSH 9 prefers: to a client's public key it finds a
 * secret, and what the client can read the secret from (NTRU Prime, round 3, section 3; draft-ietf-sshm-ntruprime-ssh). Ours, since the library's
 * multiplication took two fifths of the processor of a login (RATIONALE.md, "Algorithms").
 *
 * <p>No branch and no address depends on the secret; what is divided is divided by constants, which is multiplication once it is compiled.
 * Used once, by one thread.
 */
final class Sntrup761 implements KeyEncapsulationMethod.Server {
    /** Polynomials of P coefficients stand for one another modulo {@code x^P - x - 1}; they are taken modulo Q, and W of a secret's are not 0. */
    private static final int P = 761;

    private static final int Q = 4591;
    private static final int W = 286;

    /** The largest coefficient, in the symmetric form from -HALF to HALF. */
    private static final int HALF = (Q - 1) / 2;

    /** A multiple of Q that makes any product's coefficients positive, before they are taken modulo Q: those are below 3 * W * HALF. */
    private static final int ABOVE_ALL = 1000 * Q;

    private static final int PUBLIC_KEY_BYTES = 1158;
    private static final int ROUNDED_BYTES = 1007;
    private static final int SMALL_BYTES = (P + 3) / 4;
    private static final int HASH_BYTES = 32;

    private final SecureRandom random;
    private byte[] secret = {};
    private byte[] encapsulation = {};

    Sntrup761(SecureRandom random) {
        this.random = random;
    }

    @Override
    public int getPublicKeyLength() {
        return PUBLIC_KEY_BYTES;
    }

    /** @param sent the client's public key, and what follows it
     *  @return what follows it
     *  @throws IllegalArgumentException if it is too short */
    @Override
    public byte[] init(byte[] sent) {
        if (sent.length < PUBLIC_KEY_BYTES) {
            throw new IllegalArgumentException("a public key of sntrup761 has " + PUBLIC_KEY_BYTES + " bytes");
        }
        encapsulate(Arrays.copyOf(sent, PUBLIC_KEY_BYTES), randomShort());
        return Arrays.copyOfRange(sent, PUBLIC_KEY_BYTES, sent.length);
    }

    @Override
    public byte[] getSecret() {
        return made(secret);
    }

    @Override
    public byte[] getEncapsulation() {
        return made(encapsulation);
    }

    private static byte[] made(byte[] result) {
        if (result.length == 0) {
            throw new IllegalStateException("no public key was given yet");
        }
        return result.clone();
    }

    private void encapsulate(byte[] publicKey, int[] small) {
        int[] key = MixedRadix.decode(publicKey, Q, P);
        for (int i = 0; i < P; i++) {
            key[i] -= HALF;
        }
        byte[] hashOfSmall = hash(3, encodeSmall(small));
        byte[] confirmation = hash(2, hashOfSmall, hash(4, publicKey));
        encapsulation =
                concat(MixedRadix.encode(thirds(product(key, small)), (Q + 2) / 3, ROUNDED_BYTES), confirmation);
        secret = hash(1, hashOfSmall, encapsulation);
    }

    /** @return W coefficients that are -1 or 1, and all others 0; any such polynomial, but for a tie of 30 bits now and then */
    private int[] randomShort() {
        byte[] bytes = new byte[Integer.BYTES * P];
        random.nextBytes(bytes);
        int[] numbers = new int[P];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(numbers);
        // The two low bits are the coefficient and 1; the others, by which they are sorted, the place where it comes to
        // stand.
        for (int i = 0; i < P; i++) {
            numbers[i] = i < W ? numbers[i] & ~1 : (numbers[i] & ~3) | 1;
        }
        sort(numbers);
        for (int i = 0; i < P; i++) {
            numbers[i] = (numbers[i] & 3) - 1;
        }
        return numbers;
    }

    /** By Batcher's merge exchange (Knuth, volume 3, 5.2.2, algorithm M), which compares the same places whatever stands there. */
    private static void sort(int[] numbers) {
        int top = Integer.highestOneBit(numbers.length - 1);
        for (int p = top; p > 0; p /= 2) {
            int rest = 0;
            int distance = p;
            for (int q = top; ; q /= 2) {
                for (int i = 0; i + distance < numbers.length; i++) {
                    if ((i & p) == rest) {
                        putInOrder(numbers, i, i + distance);
                    }
                }
                if (q == p) {
                    break;
                }
                distance = q - p;
                rest = p;
            }
        }
    }

    private static void putInOrder(int[] numbers, int first, int second) {
        long rise = Integer.toUnsignedLong(numbers[second]) - Integer.toUnsignedLong(numbers[first]);
        int swapped = (int) (rise >> (Long.SIZE - 1));
        int difference = (numbers[first] ^ numbers[second]) & swapped;
        numbers[first] ^= difference;
        numbers[second] ^= difference;
    }

    /** The product modulo {@code x^P - x - 1}, not yet modulo Q: to take it in the inner loop is what costs ten times as much. */
    private static int[] product(int[] key, int[] small) {
        int[] sums = new int[2 * P - 1];
        for (int i = 0; i < P; i++) {
            addMultiple(sums, i, key, small[i]);
        }
        for (int i = 2 * P - 2; i >= P; i--) {
            sums[i - P] += sums[i];
            sums[i - P + 1] += sums[i];
        }
        return Arrays.copyOf(sums, P);
    }

    private static void addMultiple(int[] sums, int start, int[] key, int factor) {
        for (int j = 0; j < key.length; j++) {
            sums[start + j] += factor * key[j];
        }
    }

    /** Takes each modulo Q, in the symmetric form, rounds it to a multiple of 3, and numbers those from 0. */
    private static int[] thirds(int[] coefficients) {
        int[] thirds = new int[P];
        for (int i = 0; i < P; i++) {
            thirds[i] = ((coefficients[i] + HALF + ABOVE_ALL) % Q + 1) / 3;
        }
        return thirds;
    }

    private static byte[] encodeSmall(int[] small) {
        byte[] bytes = new byte[SMALL_BYTES];
        for (int i = 0; i < P; i++) {
            bytes[i / 4] |= (byte) ((small[i] + 1) << (2 * (i % 4)));
        }
        return bytes;
    }

    private static byte[] hash(int purpose, byte[]... parts) {
        try {
            MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
            sha512.update((byte) purpose);
            for (byte[] part : parts) {
                sha512.update(part);
            }
            return Arrays.copyOf(sha512.digest(), HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-512", e);
        }
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
