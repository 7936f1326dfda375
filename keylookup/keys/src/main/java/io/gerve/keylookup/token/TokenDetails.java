package io.gerve.keylookup.token;

import java.time.Instant;
import java.util.Set;

/**
 * What is known of a token.
 *
 * @param title by which its owner knows it
 * @param expiry {@link Instant#MAX} if it never expires
 * @param lastUsedAt {@link Instant#MIN} if it was never used; to the minute
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

    public boolean allows(TokenScope needed) {
        return scopes.stream().anyMatch(scope -> scope.includes(needed));
    }
}
