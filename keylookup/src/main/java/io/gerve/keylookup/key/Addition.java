package io.gerve.keylookup.key;

/** What came of registering a key. */
public sealed interface Addition {
    record Added(RegisteredKey key) implements Addition {}

    /**
     * Somebody has the key, had it within the last 90 days, or it was revoked once. Whose it is or was is nobody's business: the
     * answer would tell whoever holds the public half, which is no secret, where its owner works.
     */
    record InUse() implements Addition {}

    record NoSuchAccount() implements Addition {}

    record NoSuchRepository(long repositoryId) implements Addition {}
}
