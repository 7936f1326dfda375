package io.gerve.keylookup.store;

import io.gerve.keylookup.directory.RegisteredKeyDetails;

/** What came of deleting a key. */
public sealed interface DeleteKeyResult {
    /**
     * @param key as it was
     * @param gatesTold false if Redis did not take the message, as with {@link RevokeKeyResult}
     */
    record Deleted(RegisteredKeyDetails key, boolean gatesTold) implements DeleteKeyResult {}

    record NoSuchKey() implements DeleteKeyResult {}
}
