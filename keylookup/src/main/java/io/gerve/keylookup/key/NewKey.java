package io.gerve.keylookup.key;

import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A key to be registered.
 *
 * @param title by which its owner knows it: 1 to 255 characters, none of which controls a terminal or page
 * @param expiry {@link Instant#MAX} if it never expires
 */
public record NewKey(PublicKey key, String title, Instant expiry, Holder holder) {
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    public NewKey {
        if (title.isBlank() || title.codePointCount(0, title.length()) > KeyLine.COMMENT_MAX) {
            throw new IllegalArgumentException("a key's title has 1 to " + KeyLine.COMMENT_MAX + " characters");
        }
        if (UNPRINTABLE.matcher(title).find()) {
            throw new IllegalArgumentException("a key's title has no control characters");
        }
    }

    /** Whose key it is to be. */
    public sealed interface Holder {}

    /** A person's key. */
    public record ForAccount(long accountId) implements Holder {}

    /**
     * A deploy key.
     *
     * @param access what it may do, by repository id; at least one repository
     */
    public record ForRepositories(Map<Long, DeployAccess> access) implements Holder {
        public ForRepositories {
            access = Map.copyOf(access);
            if (access.isEmpty()) {
                throw new IllegalArgumentException("a deploy key has at least one repository");
            }
        }
    }
}
