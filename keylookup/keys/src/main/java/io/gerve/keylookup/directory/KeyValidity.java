package io.gerve.keylookup.directory;

import java.time.Instant;

/** Whether a key still works. */
public sealed interface KeyValidity {
    /** @param end {@link Instant#MAX} if it never expires */
    record ValidUntil(Instant end) implements KeyValidity {}

    /** @param reason the words of who revoked it, empty if none were given */
    record Revoked(Instant at, String reason) implements KeyValidity {}
}
