package io.gerve.git;

import io.gerve.keylookup.directory.Login;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Name of a repository: {@code mojombo/bert}. Names that differ only in case denote the same repository.
 *
 * <p>{@code .github}, {@code -x} and {@code x.lock} are valid: on disk they follow a directory and precede {@code
 * .git}, so that no program takes them for an option, a hidden file or a lock of git. {@code x.} and {@code a..b} are
 * invalid, so that no path contains {@code ..}. {@code x.git} is invalid because it cannot be distinguished from the address of
 * {@code x}.
 */
public record RepositoryName(Login owner, String name) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    public RepositoryName {
        if (!isName(name)) {
            throw new IllegalArgumentException("repository name must be 1 to 100 letters, digits, '.', '_' and '-',"
                    + " must not contain '..' and must not end in '.' or .git");
        }
    }

    /**
     * Parses {@code owner/name}, without {@code .git}.
     *
     * @return empty if the text is not a valid repository name
     */
    public static Optional<RepositoryName> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !isName(text.substring(slash + 1))) {
            return Optional.empty();
        }
        return Login.parse(text.substring(0, slash)).map(owner -> new RepositoryName(owner, text.substring(slash + 1)));
    }

    private static boolean isName(String name) {
        return NAME.matcher(name).matches()
                && !name.endsWith(".")
                && !name.contains("..")
                && !name.toLowerCase(Locale.ROOT).endsWith(".git");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RepositoryName that && owner.equals(that.owner) && name.equalsIgnoreCase(that.name);
    }

    @Override
    public int hashCode() {
        return 31 * owner.hashCode() + name.toLowerCase(Locale.ROOT).hashCode();
    }

    @Override
    public String toString() {
        return owner + "/" + name;
    }
}
