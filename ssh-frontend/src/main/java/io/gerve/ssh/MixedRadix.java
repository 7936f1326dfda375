package io.gerve.ssh;

import java.util.Arrays;

/**
 * Writes a list of numbers, each below a modulus of its own, as few bytes: two become one number below the product of their moduli, of
 * which low bytes are put out while enough is left of it, and what is left is a list of half the length (NTRU Prime, round 3, section 3.3,
 * "Encode" and "Decode"). What runs does not depend on the numbers.
 */
final class MixedRadix {
    private static final int LIMIT = 16384;
    private static final int BYTE = 256;

    private MixedRadix() {}

    /** @param modulus of each of them, at least 2 and less than 16384
     *  @param length of the answer, which follows from the two */
    static byte[] encode(int[] numbers, int modulus, int length) {
        byte[] bytes = new byte[length];
        int written = 0;
        int[] rests = numbers.clone();
        int[] moduli = same(modulus, numbers.length);
        int count = numbers.length;
        for (; count > 1; count = (count + 1) / 2) {
            for (int i = 0; i + 1 < count; i += 2) {
                int product = moduli[i] * moduli[i + 1];
                int number = rests[i] + rests[i + 1] * moduli[i];
                for (; product >= LIMIT; product = withoutByte(product)) {
                    bytes[written++] = (byte) number;
                    number >>>= Byte.SIZE;
                }
                rests[i / 2] = number;
                moduli[i / 2] = product;
            }
            keepLastOfOdd(rests, count);
            keepLastOfOdd(moduli, count);
        }
        for (int product = moduli[0]; product > 1; product = withoutByte(product)) {
            bytes[written++] = (byte) rests[0];
            rests[0] >>>= Byte.SIZE;
        }
        return bytes;
    }

    /** @return as many numbers below the modulus as was asked for, whatever the bytes are */
    static int[] decode(byte[] bytes, int modulus, int count) {
        return decode(bytes, 0, same(modulus, count));
    }

    private static int[] decode(byte[] bytes, int start, int[] moduli) {
        int count = moduli.length;
        int at = start;
        if (count == 1) {
            int number = 0;
            int shift = 0;
            for (int product = moduli[0]; product > 1; product = withoutByte(product)) {
                number |= Byte.toUnsignedInt(bytes[at++]) << shift;
                shift += Byte.SIZE;
            }
            return new int[] {number % moduli[0]};
        }
        int[] low = new int[count / 2];
        int[] lowBits = new int[count / 2];
        int[] above = new int[(count + 1) / 2];
        for (int i = 0; i + 1 < count; i += 2) {
            int product = moduli[i] * moduli[i + 1];
            for (; product >= LIMIT; product = withoutByte(product)) {
                low[i / 2] |= Byte.toUnsignedInt(bytes[at++]) << lowBits[i / 2];
                lowBits[i / 2] += Byte.SIZE;
            }
            above[i / 2] = product;
        }
        if (count % 2 == 1) {
            above[count / 2] = moduli[count - 1];
        }
        int[] high = decode(bytes, at, above);
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
