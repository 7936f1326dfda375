package io.gerve.admin;

import io.gerve.logging.TextEscaper;
import org.jspecify.annotations.Nullable;

/**
 * A message of an operator to the affected users, who read it in their terminal. It is one line of at most 255
 * characters, or empty.
 */
public record OperatorMessage(String text) {
    public static final OperatorMessage NONE = new OperatorMessage("");

    private static final int LENGTH_MAX = 255;

    public OperatorMessage {
        if (text.codePointCount(0, text.length()) > LENGTH_MAX) {
            throw new IllegalArgumentException("a reason must have at most " + LENGTH_MAX + " characters");
        }
        // A control character could rewrite the contents of the reader's terminal.
        if (!text.codePoints().allMatch(TextEscaper::isPrintable)) {
            throw new IllegalArgumentException("a reason must be one line of printable text");
        }
    }

    /**
     * Returns a state with its reason in the form stored in {@code grant_changes}: {@code suspended}, or
     * {@code suspended Unpaid}.
     */
    static String after(String state, @Nullable String reason) {
        return reason == null || reason.isEmpty() ? state : state + " " + reason;
    }

    @Override
    public String toString() {
        return text;
    }
}
