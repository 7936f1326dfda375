package io.gerve.keylookup.store;

import io.gerve.keylookup.directory.RegisteredKeyDetails;

/**
 * Result of revoking a key. If {@code gatesNotified} is false, Redis did not accept the invalidation, and gates that
 * are still subscribed may accept the key until {@code cache_ttl} has passed. Revoking the key again repeats the
 * notification.
 */
public sealed interface RevokeKeyResult {
    record Revoked(RegisteredKeyDetails key, boolean gatesNotified) implements RevokeKeyResult {}

    /** The key was already revoked. It keeps the first reason. */
    record AlreadyRevoked(RegisteredKeyDetails key, boolean gatesNotified) implements RevokeKeyResult {}

    record NoSuchKey() implements RevokeKeyResult {}
}
