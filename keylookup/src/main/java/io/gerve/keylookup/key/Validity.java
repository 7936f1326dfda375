package io.gerve.keylookup.key;

import java.time.Instant;

/** Whether a key still works. */
public sealed interface Validity {
    /** @param end {@link Instant#MAX} if it never expires */
    record Until(Instant end) implements Validity {}

    /** @param reason the words of who revoked it, empty if none were given */
    record Revoked(Instant at, String reason) implements Validity {}
}
