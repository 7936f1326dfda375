package io.gerve.keylookup.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * A token as its owner has it: {@code gerve_}, 40 characters of chance and 6 that are their checksum, by which scanners of published
 * text tell a token from what looks like one. It is a secret: only its hash is kept, and it does not print.
 */
public final class AccessToken {
    private static final String PREFIX = "gerve_";
    private static final Pattern FORM = Pattern.compile("gerve_[0-9A-Za-z]{46}");
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int RANDOM_DIGITS = 40;
    private static final int CHECK_DIGITS = 6;

    private final String text;

    private AccessToken(String text) {
        this.text = text;
    }

    /** @param chance must not be guessable */
    public static AccessToken generate(RandomGenerator chance) {
        var digits = new StringBuilder(PREFIX.length() + RANDOM_DIGITS + CHECK_DIGITS).append(PREFIX);
        for (int i = 0; i < RANDOM_DIGITS; i++) {
            digits.append(DIGITS.charAt(chance.nextInt(DIGITS.length())));
        }
        return new AccessToken(digits.append(check(digits.toString())).toString());
    }

    /** @return empty if the text is no token or its checksum is wrong */
    public static Optional<AccessToken> parse(String text) {
        if (!FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        int body = text.length() - CHECK_DIGITS;
        return text.substring(body).equals(check(text.substring(0, body)))
                ? Optional.of(new AccessToken(text))
                : Optional.empty();
    }

    /** The secret itself, to be shown once to whom it belongs. */
    public String secret() {
        return text;
    }

    /** What is kept of it. A slow hash would only cost time: what is hashed has 238 bits of chance. */
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

    private static String check(String body) {
        var crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        var digits = new StringBuilder();
        long rest = crc.getValue();
        for (int i = 0; i < CHECK_DIGITS; i++) {
            digits.append(DIGITS.charAt(Math.toIntExact(rest % DIGITS.length())));
            rest /= DIGITS.length();
        }
        return digits.reverse().toString();
    }
}
