package io.gerve.keylookup.directory;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Name of an account in repository URLs: {@code mojombo}, {@code john.doe}. Logins that differ only in case are equal.
 * {@code x.}, {@code a..b} and {@code .x} are invalid, so that no path contains {@code ..} or a hidden folder. {@code
 * x.git} is invalid because it looks like a repository.
 */
public record Login(String text) {
    private static final int LENGTH_MAX = 39;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9](?:\\.?[A-Za-z0-9_-])*+");
    private static final String REPOSITORY_SUFFIX = ".git";

    public Login {
        if (!isLogin(text)) {
            throw new IllegalArgumentException(
                    "a login is 1 to 39 letters, digits, hyphens, underscores and single dots, starts with a letter or"
                            + " digit, and does not end in a dot or .git");
        }
    }

    /** Parses a login. Returns empty if the text is not a valid login. */
    public static Optional<Login> parse(String text) {
        return isLogin(text) ? Optional.of(new Login(text)) : Optional.empty();
    }

    private static boolean isLogin(String text) {
        return text.length() <= LENGTH_MAX
                && FORM.matcher(text).matches()
                && !text.toLowerCase(Locale.ROOT).endsWith(REPOSITORY_SUFFIX);
    }

    public String lowerCase() {
        return text.toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Login login && text.equalsIgnoreCase(login.text);
    }

    @Override
    public int hashCode() {
        return lowerCase().hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
