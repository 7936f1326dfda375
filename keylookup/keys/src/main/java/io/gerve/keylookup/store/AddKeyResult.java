package io.gerve.keylookup.store;

import io.gerve.keylookup.directory.RegisteredKeyDetails;

/** Result of registering a key. */
public sealed interface AddKeyResult {
    record Added(RegisteredKeyDetails key) implements AddKeyResult {}

    /**
     * The key is registered, was deleted by another owner within the last 90 days, or was revoked. The result does not
     * name the owner. Public keys are no secret, and the owner's name would reveal to anyone with the public key where
     * its owner works.
     *
     * @param isOwn whether the owner of the new key itself has registered the key
     */
    record InUse(boolean isOwn) implements AddKeyResult {}

    /** @param max keys that an account or a repository can have */
    record TooMany(int max) implements AddKeyResult {}

    record NoSuchAccount() implements AddKeyResult {}

    record NoSuchRepository(long repositoryId) implements AddKeyResult {}
}
