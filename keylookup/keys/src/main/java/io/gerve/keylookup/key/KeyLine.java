package io.gerve.keylookup.key;

import io.gerve.logging.TextEscaper;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Public key with its comment, in the form of an {@code id_ed25519.pub} file: type, base64 and an optional comment.
 *
 * @param comment comment without control and formatting characters, at most {@value #COMMENT_MAX} characters; empty if
 *     there is none
 */
public record KeyLine(PublicKey key, String comment) {
    /** Maximum length of a title in the database. */
    public static final int COMMENT_MAX = 255;

    private static final int LENGTH_MAX = 16 * 1024;
    private static final String BYTE_ORDER_MARK = "\ufeff";
    private static final Pattern BLANKS = Pattern.compile("[ \t]+");
    private static final String BLOB_PREFIX = "AAAA";

    /**
     * Parses one line with one key, or one key in the format of RFC 4716. A byte order mark and white space around the
     * text are ignored.
     *
     * @throws InvalidKey if the text is anything else. The message tells the user what to do. It contains nothing of
     *     the text, which may be a secret that was pasted by mistake.
     */
    public static KeyLine parse(String text) throws InvalidKey {
        KeyLineDiagnosis.requireKeyLine(text);
        if (text.length() > LENGTH_MAX) {
            throw new InvalidKey("This is too long for a public key: at most 16 KiB. Paste one key, on one line.");
        }
        String line = (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text).strip();
        if (Ssh2KeyText.isBegunBy(line)) {
            var ssh2 = Ssh2KeyText.parse(line);
            return new KeyLine(PublicKey.ofBlob(decode(ssh2.base64())), comment(ssh2.comment()));
        }
        if (line.isEmpty()) {
            throw new InvalidKey("The key is empty. Paste the one line of the file that ends in .pub.");
        }
        if (line.lines().count() > 1) {
            throw new InvalidKey(
                    "This is more than one line. Paste one key at a time, on one line without line breaks.");
        }
        List<String> words = new ArrayList<>(List.of(BLANKS.split(line, 3)));
        String type = words.removeFirst();
        if (KeyAlgorithm.ofWireName(type).isEmpty()) {
            throw KeyLineDiagnosis.type(type, line);
        }
        if (words.isEmpty()) {
            throw new InvalidKey("The key ends after its type. Copy the whole line again.");
        }
        PublicKey key = PublicKey.ofBlob(decode(words.removeFirst()));
        if (!key.algorithm().wireName().equals(type)) {
            throw new InvalidKey("The line says that the key's type is " + type + ", but the key itself is "
                    + key.algorithm().wireName() + ". Copy the whole line again.");
        }
        return new KeyLine(key, words.isEmpty() ? "" : comment(words.getFirst()));
    }

    /** Returns whether the text is a key in the format of RFC 4716, whose lines make no sense one by one. */
    public static boolean isOnSeveralLines(String text) {
        return Ssh2KeyText.isBegunBy(text);
    }

    /** Returns the given title, or else the comment, or else a placeholder. */
    public String titleOr(Optional<String> title) {
        return title.orElse(comment.isEmpty() ? "(untitled)" : comment);
    }

    private static byte[] decode(String base64) throws InvalidKey {
        try {
            byte[] blob = Base64.getDecoder().decode(base64);
            // The JDK's decoder is more lenient than OpenSSH: it accepts a missing '=' and stray bits before it.
            if (Base64.getEncoder().encodeToString(blob).equals(base64)) {
                return blob;
            }
        } catch (IllegalArgumentException _) {
            // Reported below.
        }
        throw new InvalidKey("The base64 part of the key is damaged or cut off. Copy the whole line again.");
    }

    private static String comment(String text) throws InvalidKey {
        String[] words = BLANKS.split(text, -1);
        for (int i = 0; i + 1 < words.length; i++) {
            if (KeyAlgorithm.ofWireName(words[i]).isPresent() && words[i + 1].startsWith(BLOB_PREFIX)) {
                throw new InvalidKey("There is a second key on the line. Paste one key at a time.");
            }
        }
        var printable = new StringBuilder();
        text.codePoints().filter(TextEscaper::isPrintable).forEach(printable::appendCodePoint);
        return TextEscaper.truncate(printable.toString().strip(), COMMENT_MAX);
    }
}
