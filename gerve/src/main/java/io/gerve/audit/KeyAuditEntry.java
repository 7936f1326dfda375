package io.gerve.audit;

import io.gerve.keylookup.key.Fingerprint;
import java.time.Instant;

/**
 * A key with an issue.
 *
 * @param principal a login, or a deploy key's first repository, {@code owner/name}; empty if it has no repository
 * @param lastUsedAt {@link Instant#MIN} if the key was never used
 * @param expiresAt {@link Instant#MAX} if the key never expires
 * @param issue the name of the issue: {@code stale}, {@code never_used}, {@code suspended_owner}, {@code duplicate},
 *     {@code expired}, {@code expiring}, or the name of the policy's rule
 * @param description the issue in words; may be empty
 * @param cursor the position of the row, after which another audit can continue
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
