package io.gerve.keylookup.directory;

import io.gerve.keylookup.key.PublicKey;
import java.time.Instant;
import java.util.List;

/**
 * Registered key with all stored data.
 *
 * @param lastUsedAt time of the last login; {@link Instant#MIN} if the key was never used
 * @param revokedBy name of the author of the revocation; empty if the key is not revoked
 * @param grants repositories of a deploy key, in the order of their ids; empty for the key of an account
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
     * Access of a deploy key to one repository.
     *
     * @param repository full name of the repository, {@code owner/name}
     */
    public record Grant(long repositoryId, String repository, DeployKeyAccess access) {}
}
