package io.gerve.git;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The argument of a command as it stands in an exec line: in single quotes as git writes them (quote.c, and JGit, libgit2 and go-git
 * after it), or bare, as people type it. Nothing here is a shell: what a shell would expand, join or split is refused.
 */
final class ShellWord {
    private static final Pattern BARE = Pattern.compile("[A-Za-z0-9._/:@-]+");

    /** @return what the word means; empty if it is not one word in one of the two forms */
    static Optional<String> read(String word) {
        if (word.startsWith("'")) {
            return unquote(word);
        }
        return BARE.matcher(word).matches() ? Optional.of(word) : Optional.empty();
    }

    /** Leaves the quotes only for {@code \'} and {@code \!}, the two characters that git does not leave between them. */
    private static Optional<String> unquote(String word) {
        var meaning = new StringBuilder(word.length());
        int at = 1;
        while (at < word.length()) {
            char next = word.charAt(at);
            if (next == '\'' && at == word.length() - 1) {
                return Optional.of(meaning.toString());
            }
            if (word.startsWith("'\\''", at) || word.startsWith("'\\!'", at)) {
                meaning.append(word.charAt(at + 2));
                at += 4;
            } else if (next == '\'' || next == '!') {
                return Optional.empty();
            } else {
                meaning.append(next);
                at++;
            }
        }
        return Optional.empty();
    }

    private ShellWord() {}
}
