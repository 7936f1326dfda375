package io.gerve.keylookup.store;

import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.key.KeyLine;
import io.gerve.keylookup.key.PublicKey;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A key to be registered.
 *
 * @param title by which its owner knows it: 1 to 255 characters, none of which controls a terminal or page
 * @param expiry {@link Instant#MAX} if it never expires
 */
public record NewKey(PublicKey key, String title, Instant expiry, Owner owner) {
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    /** Far enough for anybody, and what a DATETIME can hold. */
    private static final Instant EXPIRY_END = Instant.parse("9999-01-01T00:00:00Z");

    public NewKey {
        requireTitle(title);
    }

    /** Whether a key that is registered now can be given this end. */
    public static boolean canExpireAt(Instant expiry, Instant now) {
        return expiry.isAfter(now) && expiry.isBefore(EXPIRY_END);
    }

    /** @throws IllegalArgumentException if it is no title for a key; its message may be shown to who gave it */
    public static void requireTitle(String title) {
        if (title.isBlank() || title.codePointCount(0, title.length()) > KeyLine.COMMENT_MAX) {
            throw new IllegalArgumentException("a key's title has 1 to " + KeyLine.COMMENT_MAX + " characters");
        }
        if (UNPRINTABLE.matcher(title).find()) {
            throw new IllegalArgumentException("a key's title has no control characters");
        }
    }

    /** Whose key it is to be. */
    public sealed interface Owner {}

    /** A person's key. */
    public record ForAccount(long accountId) implements Owner {}

    /**
     * A deploy key.
     *
     * @param access what it may do, by repository id; at least one repository
     */
    public record ForRepositories(Map<Long, DeployKeyAccess> access) implements Owner {
        public ForRepositories {
            access = Map.copyOf(access);
            if (access.isEmpty()) {
                throw new IllegalArgumentException("a deploy key has at least one repository");
            }
        }
    }
}
