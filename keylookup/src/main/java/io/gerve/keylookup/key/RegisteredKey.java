package io.gerve.keylookup.key;

import java.time.Instant;
import java.util.List;

/**
 * All that is kept of a key.
 *
 * @param lastUsedAt {@link Instant#MIN} if it was never used
 * @param revokedBy empty if it is not revoked
 * @param rights a deploy key's repositories, by id; empty for an account's key
 */
public record RegisteredKey(
        KnownKey known, PublicKey key, Instant createdAt, Instant lastUsedAt, String revokedBy, List<Right> rights) {
    public RegisteredKey {
        rights = List.copyOf(rights);
    }

    /**
     * What a deploy key may do with one repository.
     *
     * @param repository {@code owner/name}
     */
    public record Right(long repositoryId, String repository, DeployAccess access) {}
}
