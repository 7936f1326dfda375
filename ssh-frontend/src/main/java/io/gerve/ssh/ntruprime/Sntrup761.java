package io.gerve.ssh.ntruprime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;

/**
 * Server side of sntrup761, the post-quantum part of the key exchange that OpenSSH 9 prefers. It encapsulates a secret
 * for the client's public key (NTRU Prime, round 3, section 3; draft-ietf-sshm-ntruprime-ssh). It replaces the
 * library's implementation, whose multiplication took two fifths of the processor time of a login (RATIONALE.md,
 * "Algorithms").
 *
 * <p>The source has no branch and no array index that depends on the secret, and divides by constants only. Java does not
 * promise that the machine code is so too. An instance is used once, by one thread.
 */
final class Sntrup761 implements KeyEncapsulationMethod.Server {
    /** Number of coefficients of a polynomial; arithmetic is modulo {@code x^P - x - 1}. */
    private static final int P = 761;

    /** Modulus of the coefficients. */
    private static final int Q = 4591;

    /** Number of coefficients of a secret polynomial that are not 0. */
    private static final int W = 286;

    /** The largest coefficient in the symmetric form, which ranges from -HALF to HALF. */
    private static final int HALF = (Q - 1) / 2;

    /**
     * Multiple of Q that makes every coefficient of a product positive before the reduction modulo Q. The absolute
     * value of each coefficient is below 3 * W * HALF.
     */
    private static final int POSITIVE_OFFSET = 1000 * Q;

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

    /**
     * Encapsulates a new secret for the client's public key.
     *
     * @param data the client's public key, and the bytes that follow it
     * @return the bytes after the public key
     * @throws IllegalArgumentException if the data is shorter than a public key
     */
    @Override
    public byte[] init(byte[] data) {
        if (data.length < PUBLIC_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "An sntrup761 public key has " + PUBLIC_KEY_BYTES + " bytes, not " + data.length);
        }
        encapsulate(Arrays.copyOf(data, PUBLIC_KEY_BYTES), randomShort());
        return Arrays.copyOfRange(data, PUBLIC_KEY_BYTES, data.length);
    }

    @Override
    public byte[] getSecret() {
        return requireInitialized(secret);
    }

    @Override
    public byte[] getEncapsulation() {
        return requireInitialized(encapsulation);
    }

    private static byte[] requireInitialized(byte[] result) {
        if (result.length == 0) {
            throw new IllegalStateException("init has not been called with a public key");
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
        encapsulation = concat(MixedRadix.encode(round(product(key, small)), (Q + 2) / 3, ROUNDED_BYTES), confirmation);
        secret = hash(1, hashOfSmall, encapsulation);
    }

    /**
     * Returns a random polynomial of which W coefficients are -1 or 1 and the others 0. The distribution is uniform
     * except for the rare ties among the 30-bit sort keys.
     */
    private int[] randomShort() {
        byte[] bytes = new byte[Integer.BYTES * P];
        random.nextBytes(bytes);
        int[] numbers = new int[P];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(numbers);
        // The two low bits hold the coefficient plus 1. The other 30 bits are the sort key that decides its position.
        for (int i = 0; i < P; i++) {
            numbers[i] = i < W ? numbers[i] & ~1 : (numbers[i] & ~3) | 1;
        }
        sort(numbers);
        for (int i = 0; i < P; i++) {
            numbers[i] = (numbers[i] & 3) - 1;
        }
        return numbers;
    }

    /**
     * Sorts with Batcher's merge exchange (Knuth, volume 3, 5.2.2, algorithm M), which compares the same positions
     * whatever the numbers are.
     */
    private static void sort(int[] numbers) {
        int top = Integer.highestOneBit(numbers.length - 1);
        for (int p = top; p > 0; p /= 2) {
            int rest = 0;
            int distance = p;
            for (int q = top; ; q /= 2) {
                for (int i = 0; i + distance < numbers.length; i++) {
                    if ((i & p) == rest) {
                        compareExchange(numbers, i, i + distance);
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

    private static void compareExchange(int[] numbers, int first, int second) {
        long rise = Integer.toUnsignedLong(numbers[second]) - Integer.toUnsignedLong(numbers[first]);
        int swapMask = (int) (rise >> (Long.SIZE - 1));
        int difference = (numbers[first] ^ numbers[second]) & swapMask;
        numbers[first] ^= difference;
        numbers[second] ^= difference;
    }

    /**
     * Returns the product modulo {@code x^P - x - 1}, not reduced modulo Q. A reduction in the inner loop would cost
     * ten times as much.
     */
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

    /**
     * Reduces each coefficient modulo Q to the symmetric form, rounds it to a multiple of 3, and returns the index of
     * that multiple, counted from 0.
     */
    private static int[] round(int[] coefficients) {
        int[] rounded = new int[P];
        for (int i = 0; i < P; i++) {
            rounded[i] = ((coefficients[i] + HALF + POSITIVE_OFFSET) % Q + 1) / 3;
        }
        return rounded;
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
            throw new IllegalStateException("Every Java runtime must support SHA-512", e);
        }
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
