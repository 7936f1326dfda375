package io.gerve.git;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Name of a branch, without {@code refs/heads/}: {@code main}, {@code release/1.2}. Of the names that git allows, those
 * with a quote, a control or a formatting character are invalid.
 */
public record BranchName(String text) {
    private static final int BYTES_MAX = 200;
    /** Rules of git-check-ref-format(1), as far as they concern characters. */
    private static final Pattern FORM = Pattern.compile("[^\\s\\p{C}~^:?*\\[\\\\'\"!]+");

    private static final Pattern WRONG =
            Pattern.compile("-.*|HEAD|@|.*\\.\\..*|.*@\\{.*|.*//.*|/.*|.*/|.*\\.|(.*/)?\\..*|.*\\.lock(/.*)?");

    public BranchName {
        if (!isName(text)) {
            throw new IllegalArgumentException(
                    "a branch is named as git check-ref-format --branch allows, without quotes, in at most " + BYTES_MAX
                            + " bytes");
        }
    }

    /** Parses a name. Returns empty if the text is not a valid name. */
    public static Optional<BranchName> parse(String text) {
        return isName(text) ? Optional.of(new BranchName(text)) : Optional.empty();
    }

    private static boolean isName(String text) {
        return FORM.matcher(text).matches()
                && !WRONG.matcher(text).matches()
                && text.getBytes(StandardCharsets.UTF_8).length <= BYTES_MAX;
    }

    @Override
    public String toString() {
        return text;
    }
}
