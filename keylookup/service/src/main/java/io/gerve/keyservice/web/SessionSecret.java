package io.gerve.keyservice.web;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Secret of 256 random bits that identifies a browser. The server stores only its hash, and {@link #toString} hides it.
 */
final class SessionSecret {
    private static final int BYTES = 32;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]");

    private final String text;

    private SessionSecret(String text) {
        this.text = text;
    }

    /**
     * Generates a secret.
     *
     * @param random a cryptographically secure generator
     */
    static SessionSecret generate(RandomGenerator random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new SessionSecret(base64(bytes));
    }

    /** Parses the value of a cookie. Returns empty if it is not a secret. */
    static Optional<SessionSecret> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new SessionSecret(text)) : Optional.empty();
    }

    /** Returns the secret itself, for the cookie. */
    String text() {
        return text;
    }

    /** Returns the hash to store. A slow hash is unnecessary, because 256 random bits cannot be guessed. */
    byte[] sha256() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is missing, which every Java platform provides", e);
        }
    }

    /** Returns the CSRF token for forms. Other sites cannot know it, and the secret cannot be derived from it. */
    String formToken() {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes(), "HmacSHA256"));
            return base64(mac.doFinal("form".getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is missing, which every Java platform provides", e);
        }
    }

    /** Returns whether the candidate is the CSRF token of this browser. Compares in constant time. */
    boolean isFormToken(String candidate) {
        return MessageDigest.isEqual(
                formToken().getBytes(StandardCharsets.UTF_8), candidate.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "…";
    }

    private byte[] bytes() {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
