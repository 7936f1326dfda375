package io.gerve.admin;

import io.gerve.keylookup.directory.Login;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a team: its organization and its slug, as in {@code github/core}. Names that differ only in case denote
 * the same team.
 */
public record TeamName(Login organization, String slug) {
    private static final Pattern SLUG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    public TeamName {
        if (!SLUG.matcher(slug).matches()) {
            throw new IllegalArgumentException("a team's name is 1 to 100 letters, digits, '.', '_' and '-',"
                    + " and starts with a letter or digit");
        }
    }

    /**
     * Parses {@code organization/team}.
     *
     * @return empty if the text does not have this form
     */
    public static Optional<TeamName> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !SLUG.matcher(text.substring(slash + 1)).matches()) {
            return Optional.empty();
        }
        return Login.parse(text.substring(0, slash))
                .map(organization -> new TeamName(organization, text.substring(slash + 1)));
    }

    @Override
    public String toString() {
        return organization + "/" + slug;
    }
}
