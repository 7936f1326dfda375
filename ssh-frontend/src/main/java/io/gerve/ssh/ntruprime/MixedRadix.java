package io.gerve.ssh.ntruprime;

import java.util.Arrays;

/**
 * Compact encoding of a list of numbers, each below a modulus of its own (NTRU Prime, round 3, section 3.3, "Encode"
 * and "Decode"). The encoder combines each pair of numbers into one number below the product of their moduli and writes
 * its low bytes while the product is at least 16384. The remaining numbers form a list of half the length, which is
 * encoded in the same way. Control flow and memory addresses do not depend on the numbers.
 */
final class MixedRadix {
    private static final int LIMIT = 16384;
    private static final int BYTE = 256;

    private MixedRadix() {}

    /**
     * Encodes the numbers.
     *
     * @param modulus the modulus of each number, at least 2 and less than 16384
     * @param length the length of the result, which follows from the modulus and the count of numbers
     */
    static byte[] encode(int[] numbers, int modulus, int length) {
        byte[] bytes = new byte[length];
        int written = 0;
        int[] remainders = numbers.clone();
        int[] moduli = same(modulus, numbers.length);
        int count = numbers.length;
        for (; count > 1; count = (count + 1) / 2) {
            for (int i = 0; i + 1 < count; i += 2) {
                int product = moduli[i] * moduli[i + 1];
                int number = remainders[i] + remainders[i + 1] * moduli[i];
                for (; product >= LIMIT; product = withoutByte(product)) {
                    bytes[written++] = (byte) number;
                    number >>>= Byte.SIZE;
                }
                remainders[i / 2] = number;
                moduli[i / 2] = product;
            }
            keepLastOfOdd(remainders, count);
            keepLastOfOdd(moduli, count);
        }
        for (int product = moduli[0]; product > 1; product = withoutByte(product)) {
            bytes[written++] = (byte) remainders[0];
            remainders[0] >>>= Byte.SIZE;
        }
        return bytes;
    }

    /** Decodes {@code count} numbers below the modulus. Accepts any bytes. */
    static int[] decode(byte[] bytes, int modulus, int count) {
        return decode(bytes, 0, same(modulus, count));
    }

    private static int[] decode(byte[] bytes, int start, int[] moduli) {
        int count = moduli.length;
        int position = start;
        if (count == 1) {
            int number = 0;
            int shift = 0;
            for (int product = moduli[0]; product > 1; product = withoutByte(product)) {
                number |= Byte.toUnsignedInt(bytes[position++]) << shift;
                shift += Byte.SIZE;
            }
            return new int[] {number % moduli[0]};
        }
        int[] low = new int[count / 2];
        int[] lowBits = new int[count / 2];
        int[] products = new int[(count + 1) / 2];
        for (int i = 0; i + 1 < count; i += 2) {
            int product = moduli[i] * moduli[i + 1];
            for (; product >= LIMIT; product = withoutByte(product)) {
                low[i / 2] |= Byte.toUnsignedInt(bytes[position++]) << lowBits[i / 2];
                lowBits[i / 2] += Byte.SIZE;
            }
            products[i / 2] = product;
        }
        if (count % 2 == 1) {
            products[count / 2] = moduli[count - 1];
        }
        int[] high = decode(bytes, position, products);
        int[] numbers = new int[count];
        for (int i = 0; i + 1 < count; i += 2) {
            int number = low[i / 2] + (high[i / 2] << lowBits[i / 2]);
            numbers[i] = number % moduli[i];
            numbers[i + 1] = number / moduli[i] % moduli[i + 1];
        }
        if (count % 2 == 1) {
            numbers[count - 1] = high[count / 2];
        }
        return numbers;
    }

    private static int withoutByte(int product) {
        return (product + BYTE - 1) / BYTE;
    }

    private static void keepLastOfOdd(int[] list, int count) {
        if (count % 2 == 1) {
            list[count / 2] = list[count - 1];
        }
    }

    private static int[] same(int modulus, int count) {
        int[] moduli = new int[count];
        Arrays.fill(moduli, modulus);
        return moduli;
    }
}
