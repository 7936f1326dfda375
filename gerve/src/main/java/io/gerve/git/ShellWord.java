package io.gerve.git;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Argument of a command in an exec line: in single quotes as git writes them (quote.c; JGit, libgit2 and go-git do the
 * same), or unquoted. A word that a shell would expand, join or split is refused.
 */
final class ShellWord {
    private static final Pattern BARE = Pattern.compile("[A-Za-z0-9._/:@-]+");

    /** Returns the value of the word, or empty if it is not one word in one of the two forms. */
    static Optional<String> read(String word) {
        if (word.startsWith("'")) {
            return unquote(word);
        }
        return BARE.matcher(word).matches() ? Optional.of(word) : Optional.empty();
    }

    /**
     * Accepts an escape outside the quotes only for {@code \'} and {@code \!}, the two characters that git does not
     * quote.
     */
    private static Optional<String> unquote(String word) {
        var value = new StringBuilder(word.length());
        int at = 1;
        while (at < word.length()) {
            char next = word.charAt(at);
            if (next == '\'' && at == word.length() - 1) {
                return Optional.of(value.toString());
            }
            if (word.startsWith("'\\''", at) || word.startsWith("'\\!'", at)) {
                value.append(word.charAt(at + 2));
                at += 4;
            } else if (next == '\'' || next == '!') {
                return Optional.empty();
            } else {
                value.append(next);
                at++;
            }
        }
        return Optional.empty();
    }

    private ShellWord() {}
}
