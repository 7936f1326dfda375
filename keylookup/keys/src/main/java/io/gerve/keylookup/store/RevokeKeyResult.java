package io.gerve.keylookup.store;

import io.gerve.keylookup.directory.RegisteredKeyDetails;

/**
 * What came of revoking a key. Where {@code gatesTold} is false, Redis did not take the message: gates that still hear Redis may
 * believe the key for as long as an answer counts as fresh. Revoking once more tells them again.
 */
public sealed interface RevokeKeyResult {
    record Revoked(RegisteredKeyDetails key, boolean gatesTold) implements RevokeKeyResult {}

    /** It stays as it was, with the first reason. */
    record AlreadyRevoked(RegisteredKeyDetails key, boolean gatesTold) implements RevokeKeyResult {}

    record NoSuchKey() implements RevokeKeyResult {}
}
