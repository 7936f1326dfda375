package io.gerve.keylookup.key;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/** SHA-256 fingerprint of a key in the form of OpenSSH: {@code SHA256:} and 43 characters of base64 without padding. */
public record Fingerprint(String text) {
    private static final String PREFIX = "SHA256:";
    private static final Pattern FORM = Pattern.compile("SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]");

    public Fingerprint {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not an OpenSSH SHA256 fingerprint: " + text);
        }
    }

    /** Parses a fingerprint. Returns empty if the text is not a SHA-256 fingerprint. */
    public static Optional<Fingerprint> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new Fingerprint(text)) : Optional.empty();
    }

    /**
     * Computes the fingerprint of a key.
     *
     * @param blob key in the encoding of RFC 4253, section 6.6
     */
    public static Fingerprint ofBlob(byte[] blob) {
        try {
            return ofDigest(MessageDigest.getInstance("SHA-256").digest(blob));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Returns the fingerprint with a digest.
     *
     * @param digest the 32 bytes that the database stores
     */
    public static Fingerprint ofDigest(byte[] digest) {
        return new Fingerprint(PREFIX + Base64.getEncoder().withoutPadding().encodeToString(digest));
    }

    /** Returns the 32 bytes that the database stores. */
    public byte[] digest() {
        return Base64.getDecoder().decode(text.substring(PREFIX.length()));
    }

    @Override
    public String toString() {
        return text;
    }
}
