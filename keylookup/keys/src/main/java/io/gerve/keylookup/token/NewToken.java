package io.gerve.keylookup.token;

import java.time.Instant;
import java.util.Set;

/**
 * Token to be created.
 *
 * @param title name that the owner gives the token: 1 to 100 characters without control and formatting characters
 * @param scopes at least one scope
 * @param expiry time at which the token expires; {@link Instant#MAX} if it never expires
 */
public record NewToken(Owner owner, String title, Set<TokenScope> scopes, Instant expiry) {
    private static final int TITLE_MAX = 100;

    public NewToken {
        scopes = Set.copyOf(scopes);
        if (title.isBlank() || title.codePointCount(0, title.length()) > TITLE_MAX || title.matches(".*\\p{C}.*")) {
            throw new IllegalArgumentException("a token's title has 1 to " + TITLE_MAX + " printable characters");
        }
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException("a token has at least one scope");
        }
    }

    /** Owner of the new token. */
    public sealed interface Owner {}

    public record ForAccount(long accountId) implements Owner {}

    public record ForService() implements Owner {}
}
