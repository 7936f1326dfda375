package io.gerve.keylookup.directory;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The name of an account, as it is spelt in addresses: {@code mojombo}. Two spellings that differ in case are one login. */
public record Login(String text) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,38}");

    public Login {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "a login is 1 to 39 letters, digits, hyphens and underscores, and starts with a letter or digit");
        }
    }

    /** @return empty if the text is no login */
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
