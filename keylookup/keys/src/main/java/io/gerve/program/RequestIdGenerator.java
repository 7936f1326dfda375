package io.gerve.program;

import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Generator of request ids: 45 bits of milliseconds since 1970, then 35 random bits. Safe for use by many threads if
 * the random generator is.
 */
public final class RequestIdGenerator {
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final char[] DIGITS = ALPHABET.toCharArray();
    private static final int TIME_DIGITS = 9;
    private static final int RANDOM_DIGITS = 7;

    private final InstantSource clock;
    private final RandomGenerator random;

    public RequestIdGenerator(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    public RequestId next() {
        var text = new StringBuilder(TIME_DIGITS + RANDOM_DIGITS);
        append(text, clock.millis(), TIME_DIGITS);
        append(text, random.nextLong(), RANDOM_DIGITS);
        return new RequestId(text.toString());
    }

    static Instant timeOf(String id) {
        long millis = 0;
        for (int i = 0; i < TIME_DIGITS; i++) {
            millis = millis << 5 | ALPHABET.indexOf(id.charAt(i));
        }
        return Instant.ofEpochMilli(millis);
    }

    private static void append(StringBuilder text, long bits, int digits) {
        for (int shift = 5 * (digits - 1); shift >= 0; shift -= 5) {
            text.append(DIGITS[(int) (bits >>> shift) & 31]);
        }
    }
}
