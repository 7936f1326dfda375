package io.gerve.keylookup.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * Secret access token: {@code gerve_}, 40 random characters and a checksum of 6 characters, by which secret scanners
 * recognize a token. Only its hash is stored, and {@link #toString} does not return it.
 */
public final class AccessToken {
    private static final String PREFIX = "gerve_";
    private static final Pattern FORM = Pattern.compile("gerve_[0-9A-Za-z]{46}");
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int RANDOM_DIGITS = 40;
    private static final int CHECKSUM_DIGITS = 6;

    private final String text;

    private AccessToken(String text) {
        this.text = text;
    }

    /**
     * Generates a token.
     *
     * @param random generator of unpredictable numbers
     */
    public static AccessToken generate(RandomGenerator random) {
        var digits = new StringBuilder(PREFIX.length() + RANDOM_DIGITS + CHECKSUM_DIGITS).append(PREFIX);
        for (int i = 0; i < RANDOM_DIGITS; i++) {
            digits.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return new AccessToken(digits.append(checksum(digits.toString())).toString());
    }

    /** Parses a token. Returns empty if the text has another form or its checksum is wrong. */
    public static Optional<AccessToken> parse(String text) {
        if (!FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        int body = text.length() - CHECKSUM_DIGITS;
        return text.substring(body).equals(checksum(text.substring(0, body)))
                ? Optional.of(new AccessToken(text))
                : Optional.empty();
    }

    /** Returns the secret, to be shown once to the owner of the token. */
    public String secret() {
        return text;
    }

    /** Returns the hash that is stored. A slow hash function is not needed, since a token has 238 random bits. */
    public byte[] sha256() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return PREFIX + "…";
    }

    private static String checksum(String body) {
        var crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        var digits = new StringBuilder();
        long rest = crc.getValue();
        for (int i = 0; i < CHECKSUM_DIGITS; i++) {
            digits.append(DIGITS.charAt(Math.toIntExact(rest % DIGITS.length())));
            rest /= DIGITS.length();
        }
        return digits.reverse().toString();
    }
}
