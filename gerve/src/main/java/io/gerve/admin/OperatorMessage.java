package io.gerve.admin;

import org.jspecify.annotations.Nullable;

/** An operator's words, which the people whom they concern read in their terminal: one line, 255 characters at most, or empty. */
public record OperatorMessage(String text) {
    public static final OperatorMessage NONE = new OperatorMessage("");

    private static final int LENGTH_MAX = 255;

    public OperatorMessage {
        if (text.codePointCount(0, text.length()) > LENGTH_MAX) {
            throw new IllegalArgumentException("a reason has " + LENGTH_MAX + " characters at most");
        }
        // A control character could rewrite what stands in the reader's terminal.
        if (text.codePoints().anyMatch(OperatorMessage::isUnprintable)) {
            throw new IllegalArgumentException("a reason is one line of printable text");
        }
    }

    private static boolean isUnprintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    /** A state and why, as {@code grant_changes} keeps it: {@code suspended}, or {@code suspended Unpaid}. */
    static String after(String state, @Nullable String reason) {
        return reason == null || reason.isEmpty() ? state : state + " " + reason;
    }

    @Override
    public String toString() {
        return text;
    }
}
