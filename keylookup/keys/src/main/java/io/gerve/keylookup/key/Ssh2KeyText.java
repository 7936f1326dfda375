package io.gerve.keylookup.key;

import java.util.List;
import java.util.Locale;

/**
 * Public key in the format of RFC 4716, which PuTTYgen saves and {@code ssh-keygen -e} prints: headers and base64
 * between a line {@code ---- BEGIN SSH2 PUBLIC KEY ----} and an end line.
 *
 * @param base64 the blob
 * @param comment value of the header {@code Comment}, without its quotes; empty if there is none
 */
record Ssh2KeyText(String base64, String comment) {
    private static final String BEGIN = "---- BEGIN SSH2 PUBLIC KEY ----";
    private static final String END = "---- END SSH2 PUBLIC KEY ----";
    private static final String COMMENT = "comment:";
    private static final String CONTINUED = "\\";

    static boolean isBegunBy(String text) {
        return text.startsWith(BEGIN);
    }

    /** @throws InvalidKey if the text is not one complete key */
    static Ssh2KeyText parse(String text) throws InvalidKey {
        List<String> lines = text.lines().map(String::strip).toList();
        if (lines.lastIndexOf(BEGIN) != 0 || lines.indexOf(END) != lines.size() - 1) {
            throw incomplete();
        }
        var base64 = new StringBuilder();
        var header = new StringBuilder();
        String comment = "";
        for (String line : lines.subList(1, lines.size() - 1)) {
            if (header.isEmpty() && !line.contains(":")) {
                base64.append(line);
            } else if (line.endsWith(CONTINUED)) {
                header.append(line, 0, line.length() - 1);
            } else {
                comment =
                        header.append(line).toString().toLowerCase(Locale.ROOT).startsWith(COMMENT)
                                ? unquoted(header.substring(COMMENT.length()).strip())
                                : comment;
                header.setLength(0);
            }
        }
        if (base64.isEmpty()) {
            throw incomplete();
        }
        return new Ssh2KeyText(base64.toString(), comment);
    }

    private static InvalidKey incomplete() {
        return new InvalidKey(
                "This is not one complete public key in the SSH2 format. Paste one key, from its BEGIN line"
                        + " to its END line.");
    }

    private static String unquoted(String value) {
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }
}
