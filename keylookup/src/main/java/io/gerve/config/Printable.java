package io.gerve.config;

/** Text that may come from anywhere, made fit for one line of a terminal or a log. */
public final class Printable {
    private Printable() {}

    /**
     * Spells out every character that could end the line, move the cursor or turn the direction of writing, as {@code \n} or
     * {@code \}{@code u202e}, so that nobody who chooses a text can make it look like two.
     */
    public static String oneLine(String text) {
        if (text.codePoints().allMatch(Printable::isPlain)) {
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
