package io.gerve.audit;

import io.gerve.keylookup.key.Fingerprint;
import java.time.Instant;

/**
 * A key of which something is found.
 *
 * @param principal a login, or a deploy key's first repository, {@code owner/name}; empty if it has none left
 * @param lastUsedAt {@link Instant#MIN} if it never was
 * @param expiresAt {@link Instant#MAX} if it never does
 * @param issue as programs know it: {@code stale}, {@code never-used}, {@code suspended-owner}, {@code duplicate}, that it has expired or is
 *     about to, or the name of the policy's rule
 * @param description for people
 * @param cursor where the next page goes on
 */
public record KeyAuditEntry(
        Fingerprint fingerprint,
        String principal,
        String type,
        int bits,
        String title,
        Instant addedAt,
        Instant lastUsedAt,
        Instant expiresAt,
        String issue,
        String description,
        KeyCursor cursor) {}
