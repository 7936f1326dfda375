package io.gerve.keylookup.store;

import io.gerve.keylookup.directory.RegisteredKeyDetails;

/** What came of registering a key. */
public sealed interface AddKeyResult {
    record Added(RegisteredKeyDetails key) implements AddKeyResult {}

    /**
     * Somebody has the key, had it within the last 90 days, or it was revoked once. Whose it is or was is nobody's business: the
     * answer would tell whoever holds the public half, which is no secret, where its owner works.
     */
    record InUse() implements AddKeyResult {}

    record NoSuchAccount() implements AddKeyResult {}

    record NoSuchRepository(long repositoryId) implements AddKeyResult {}
}
