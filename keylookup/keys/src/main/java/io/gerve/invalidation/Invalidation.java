package io.gerve.invalidation;

import java.util.Locale;
import java.util.Optional;

/**
 * Message that invalidates cached results of gates. It makes a gate forget and ask the database; it never decides, since
 * whoever can write to Redis can forge it. Its text form, {@code kind SP subject}, is published on the Redis
 * channel {@code gerve:invalidate}.
 *
 * @param subject a fingerprint for {@link Kind#KEY}, a row id for {@link Kind#ACCOUNT} and
 *     {@link Kind#REPOSITORY}, an owner's login for {@link Kind#ROUTE}, the name of a file server for
 *     {@link Kind#SERVER}, {@code *} for {@link Kind#SITE}
 */
public record Invalidation(Kind kind, String subject) {
    /** What changed. */
    public enum Kind {
        /** The key was added, renamed, revoked or deleted: the message does not say which, the database does. */
        KEY,
        /** The account, its suspension, memberships or roles. */
        ACCOUNT,
        /** The repository's name, state or visibility, or access rights to it. */
        REPOSITORY,
        ROUTE,
        SERVER,
        /** The settings of the site, or so much that every cached result must be looked up again. */
        SITE;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Parses the text form.
     *
     * @return empty for a text that no gate of this version sends; the caller must treat it as {@link Kind#SITE}
     */
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
