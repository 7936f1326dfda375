package io.gerve.logging;

/** Escaping of untrusted text for one line of a terminal or a log. */
public final class TextEscaper {
    private static final int EXCERPT_MAX = 80;

    private TextEscaper() {}

    /** Returns the first 80 characters of the text, escaped for one line. */
    public static String excerpt(String text) {
        return oneLine(truncate(text, EXCERPT_MAX));
    }

    /** Returns the text, truncated to at most {@code charactersMax} code points. */
    public static String truncate(String text, int charactersMax) {
        return text.codePointCount(0, text.length()) <= charactersMax
                ? text
                : text.substring(0, text.offsetByCodePoints(0, charactersMax));
    }

    /**
     * Escapes every character that can end the line, move the cursor or change the direction of writing, as {@code \n}
     * or {@code \}{@code u202e}. Untrusted text thus cannot appear as two lines.
     */
    public static String oneLine(String text) {
        if (text.codePoints().allMatch(TextEscaper::isPlain)) {
            return text;
        }
        var line = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(character -> append(line, character));
        return line.toString();
    }

    private static void append(StringBuilder line, int character) {
        switch (character) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> {
                if (isPlain(character)) {
                    line.appendCodePoint(character);
                } else {
                    line.append(String.format("\\u%04x", character));
                }
            }
        }
    }

    private static boolean isPlain(int character) {
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
}
