package io.gerve.audit;

import io.gerve.keylookup.key.Fingerprint;
import java.time.Instant;

/**
 * A key of which something is found.
 *
 * @param holder a login, or a deploy key's first repository, {@code owner/name}; empty if it has none left
 * @param lastUsed {@link Instant#MIN} if it never was
 * @param expires {@link Instant#MAX} if it never does
 * @param finding as programs know it: {@code stale}, {@code never-used}, {@code suspended-owner}, {@code duplicate}, that it has expired or is
 *     about to, or the name of the policy's rule
 * @param says for people
 * @param place where the next page goes on
 */
public record KeyFacts(
        Fingerprint fingerprint,
        String holder,
        String type,
        int bits,
        String title,
        Instant added,
        Instant lastUsed,
        Instant expires,
        String finding,
        String says,
        KeyPlace place) {}
