package io.gerve.invalidation;

import java.util.Locale;
import java.util.Optional;

/**
 * Something that gates may have remembered is no longer so. Its text form, {@code kind SP subject}, is a message on the Redis
 * channel {@code gerve:invalidate}.
 *
 * @param subject a fingerprint for {@link Kind#KEY} and {@link Kind#KEY_REVOKED}, a row's id for {@link Kind#ACCOUNT} and
 *     {@link Kind#REPOSITORY}, an owner's login for {@link Kind#ROUTE}, a logical server's name for {@link Kind#SERVER},
 *     {@code *} for {@link Kind#SITE}
 */
public record Invalidation(Kind kind, String subject) {
    /** What changed. */
    public enum Kind {
        KEY,
        /** The key must not work again, whatever a lagging replica says of it. */
        KEY_REVOKED,
        /** The account, or what it may do: its suspension, memberships and roles. */
        ACCOUNT,
        /** The repository's name, state, visibility, or who may do what with it. */
        REPOSITORY,
        ROUTE,
        SERVER,
        /** The site's switches, or so much that everything remembered is in doubt. */
        SITE;

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @return empty for a text that no gate of this version sends, which is to be treated as {@link Kind#SITE} */
    public static Optional<Invalidation> parse(String text) {
        int space = text.indexOf(' ');
        if (space < 1 || space == text.length() - 1) {
            return Optional.empty();
        }
        for (Kind kind : Kind.values()) {
            if (kind.label().equals(text.substring(0, space))) {
                return Optional.of(new Invalidation(kind, text.substring(space + 1)));
            }
        }
        return Optional.empty();
    }

    public static Invalidation site() {
        return new Invalidation(Kind.SITE, "*");
    }

    public String text() {
        return kind.label() + ' ' + subject;
    }
}
