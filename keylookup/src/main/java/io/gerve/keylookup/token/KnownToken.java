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
public record KnownToken(
        long id,
        TokenHolder holder,
        String title,
        Set<Scope> scopes,
        Instant createdAt,
        Instant expiry,
        Instant lastUsedAt) {
    public KnownToken {
        scopes = Set.copyOf(scopes);
    }

    public boolean allows(Scope needed) {
        return scopes.stream().anyMatch(scope -> scope.includes(needed));
    }
}
