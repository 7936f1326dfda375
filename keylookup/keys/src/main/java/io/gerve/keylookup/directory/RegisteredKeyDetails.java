package io.gerve.keylookup.directory;

import io.gerve.keylookup.key.PublicKey;
import java.time.Instant;
import java.util.List;

/**
 * All that is kept of a key.
 *
 * @param lastUsedAt {@link Instant#MIN} if it was never used
 * @param revokedBy empty if it is not revoked
 * @param grants a deploy key's repositories, by id; empty for an account's key
 */
public record RegisteredKeyDetails(
        RegisteredKey registered,
        PublicKey key,
        Instant createdAt,
        Instant lastUsedAt,
        String revokedBy,
        List<Grant> grants) {
    public RegisteredKeyDetails {
        grants = List.copyOf(grants);
    }

    /**
     * What a deploy key may do with one repository.
     *
     * @param repository {@code owner/name}
     */
    public record Grant(long repositoryId, String repository, DeployKeyAccess access) {}
}
