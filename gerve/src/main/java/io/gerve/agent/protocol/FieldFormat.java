package io.gerve.agent.protocol;

/**
 * Checks of the formats of fields, written without regular expressions: one would cost a thin client more than the rest
 * of its work.
 */
final class FieldFormat {
    private FieldFormat() {}

    /** Parses a decimal number without sign or leading zeros. */
    static int number(String text, int min, int max) throws MalformedMessage {
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max && Integer.toString(number).equals(text)) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Reported below.
        }
        throw new MalformedMessage("not a number from " + min + " to " + max);
    }

    static boolean isAlphanumeric(char character) {
        return (character >= '0' && character <= '9')
                || (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z');
    }

    /** Returns whether the text is not empty and has only ASCII letters, digits and the other characters. */
    static boolean isOf(String text, String others) {
        for (int i = 0; i < text.length(); i++) {
            if (!isAlphanumeric(text.charAt(i)) && others.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    static boolean isPrintableAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }
}
