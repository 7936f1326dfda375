package io.gerve.keylookup.store;

import io.gerve.keylookup.directory.RegisteredKeyDetails;

/** Result of deleting a key. */
public sealed interface DeleteKeyResult {
    /**
     * The key was deleted.
     *
     * @param key the key before the deletion
     * @param gatesNotified false if Redis did not accept the invalidation, as in {@link RevokeKeyResult}
     */
    record Deleted(RegisteredKeyDetails key, boolean gatesNotified) implements DeleteKeyResult {}

    record NoSuchKey() implements DeleteKeyResult {}
}
