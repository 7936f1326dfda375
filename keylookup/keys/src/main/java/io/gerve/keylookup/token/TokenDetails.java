package io.gerve.keylookup.token;

import java.time.Instant;
import java.util.Set;

/**
 * Stored data of a token, without its secret.
 *
 * @param title name that the owner gave the token
 * @param expiry time at which the token expires; {@link Instant#MAX} if it never expires
 * @param lastUsedAt time of the last use, with a resolution of one minute; {@link Instant#MIN} if the token was never
 *     used
 */
public record TokenDetails(
        long id,
        TokenOwner owner,
        String title,
        Set<TokenScope> scopes,
        Instant createdAt,
        Instant expiry,
        Instant lastUsedAt) {
    public TokenDetails {
        scopes = Set.copyOf(scopes);
    }

    /** Returns true if a scope of the token includes the required one. */
    public boolean allows(TokenScope required) {
        return scopes.stream().anyMatch(scope -> scope.includes(required));
    }
}
