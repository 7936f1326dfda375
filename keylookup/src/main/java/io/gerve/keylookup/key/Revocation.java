package io.gerve.keylookup.key;

/**
 * What came of revoking a key. Where {@code gatesTold} is false, Redis did not take the message: gates that still hear Redis may
 * believe the key for as long as an answer counts as fresh. Revoking once more tells them again.
 */
public sealed interface Revocation {
    record Revoked(RegisteredKey key, boolean gatesTold) implements Revocation {}

    /** It stays as it was, with the first reason. */
    record AlreadyRevoked(RegisteredKey key, boolean gatesTold) implements Revocation {}

    record NoSuchKey() implements Revocation {}
}
