package io.gerve.agent.protocol;

/** The forms of fields, checked by hand: a regular expression costs a thin client more than all of its own work. */
final class FieldFormat {
    private FieldFormat() {}

    /** In decimal, without sign or leading zeros. */
    static int number(String text, int min, int max) throws MalformedMessage {
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max && Integer.toString(number).equals(text)) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw new MalformedMessage("no number from " + min + " to " + max);
    }

    static boolean isAlphanumeric(char character) {
        return (character >= '0' && character <= '9')
                || (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z');
    }

    /** Whether it is not empty and of letters, digits and the others only. */
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
