package io.gerve.keylookup.directory;

import java.time.Instant;

/** Validity of a registered key. */
public sealed interface KeyValidity {
    /**
     * Validity of a key that is not revoked.
     *
     * @param end time at which the key expires; {@link Instant#MAX} if it never expires
     */
    record ValidUntil(Instant end) implements KeyValidity {}

    /**
     * Validity of a revoked key.
     *
     * @param at time of the revocation
     * @param reason reason of the revocation; empty if none was given
     */
    record Revoked(Instant at, String reason) implements KeyValidity {}
}
