package io.gerve.keylookup.store;

import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.key.KeyLine;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.logging.TextEscaper;
import java.time.Instant;
import java.util.Map;

/**
 * Key to be registered.
 *
 * @param title name that the owner gives the key: 1 to 255 characters without control and formatting characters
 * @param expiry time at which the key expires; {@link Instant#MAX} if it never expires
 */
public record NewKey(PublicKey key, String title, Instant expiry, Owner owner) {
    /** Upper bound of an expiry, which a DATETIME can hold. */
    private static final Instant EXPIRY_MAX = Instant.parse("9999-01-01T00:00:00Z");

    public NewKey {
        requireTitle(title);
    }

    /** Returns true if a key that is registered now can have this expiry: in the future and before the year 9999. */
    public static boolean canExpireAt(Instant expiry, Instant now) {
        return expiry.isAfter(now) && expiry.isBefore(EXPIRY_MAX);
    }

    /**
     * Checks the title of a key.
     *
     * @throws IllegalArgumentException if the title is invalid; the message may be shown to the user
     */
    public static void requireTitle(String title) {
        if (title.isBlank() || title.codePointCount(0, title.length()) > KeyLine.COMMENT_MAX) {
            throw new IllegalArgumentException("a key's title has 1 to " + KeyLine.COMMENT_MAX + " characters");
        }
        if (!title.codePoints().allMatch(TextEscaper::isPrintable)) {
            throw new IllegalArgumentException("a key's title has no control characters");
        }
    }

    /** Owner of the new key. */
    public sealed interface Owner {}

    /** An account as the owner. */
    public record ForAccount(long accountId) implements Owner {}

    /**
     * Repositories as the owners of a deploy key.
     *
     * @param access access of the key by repository id; at least one repository
     */
    public record ForRepositories(Map<Long, DeployKeyAccess> access) implements Owner {
        public ForRepositories {
            access = Map.copyOf(access);
            if (access.isEmpty()) {
                throw new IllegalArgumentException("a deploy key must have at least one repository");
            }
        }
    }
}
