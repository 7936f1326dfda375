package io.gerve.git;

import io.gerve.keylookup.directory.Login;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code mojombo/bert}: a repository as people name it. Spellings that differ in case name the same repository.
 *
 * <p>{@code .github}, {@code -x} and {@code x.lock} are names: on disk they stand behind a directory and before {@code .git}, so that
 * nothing takes them for an option, a hidden file or git's lock. {@code x.} and {@code a..b} are none, so that no path ever holds
 * {@code ..}; neither is {@code x.git}, which could not be told from the address of {@code x}.
 */
public record RepositoryName(Login owner, String name) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    public RepositoryName {
        if (!isName(name)) {
            throw new IllegalArgumentException("a repository's name is 1 to 100 letters, digits, '.', '_' and '-',"
                    + " without '..' in it, and ends neither in '.' nor in .git");
        }
    }

    /** @param text {@code owner/name}, without {@code .git}
     *  @return empty if it is not the name of a repository */
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
