package io.gerve.logging;

/** Escaping of untrusted text for one line of a terminal or a log. */
public final class TextEscaper {
    private static final int EXCERPT_MAX = 80;

    private TextEscaper() {}

    /** Returns the first 80 characters of the text, escaped for one line. */
    public static String excerpt(String text) {
        return excerpt(text, EXCERPT_MAX);
    }

    /** Returns the first {@code charactersMax} code points of the text, escaped for one line. */
    public static String excerpt(String text, int charactersMax) {
        return oneLine(truncate(text, charactersMax));
    }

    /** Returns the text, truncated to at most {@code charactersMax} code points. */
    public static String truncate(String text, int charactersMax) {
        return text.codePointCount(0, text.length()) <= charactersMax
                ? text
                : text.substring(0, text.offsetByCodePoints(0, charactersMax));
    }

    /**
     * Escapes every character that is not printable, as {@code \n} or {@code \}{@code u202e}. Untrusted text thus cannot
     * appear as two lines.
     */
    public static String oneLine(String text) {
        return isPrintableAscii(text) ? text : escape(text, false);
    }

    /** Escapes spaces too, so that the text cannot appear as two words. */
    public static String oneWord(String text) {
        return escape(text, true);
    }

    /**
     * Returns whether the character can be printed as it is: it cannot end the line, move the cursor or change the
     * direction of writing.
     *
     * @param character code point
     */
    public static boolean isPrintable(int character) {
        if (character < 0x7f) {
            return character >= ' ';
        }
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** Returns true for most texts, at little cost. */
    private static boolean isPrintableAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static String escape(String text, boolean spacesToo) {
        var line = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(character -> {
            if (isPrintable(character) && !(spacesToo && Character.isSpaceChar(character))) {
                line.appendCodePoint(character);
            } else {
                line.append(escape(character));
            }
        });
        return line.toString();
    }

    private static String escape(int character) {
        return switch (character) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> "\\u%04x".formatted(character);
        };
    }
}
