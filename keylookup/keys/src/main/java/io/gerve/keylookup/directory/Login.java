package io.gerve.keylookup.directory;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Name of an account in repository URLs: {@code mojombo}. Logins that differ only in case are equal. */
public record Login(String text) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,38}");

    public Login {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "a login is 1 to 39 letters, digits, hyphens and underscores, and starts with a letter or digit");
        }
    }

    /** Parses a login. Returns empty if the text is not a valid login. */
    public static Optional<Login> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new Login(text)) : Optional.empty();
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
