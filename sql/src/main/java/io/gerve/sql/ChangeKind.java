package io.gerve.sql;

import java.util.Locale;
import org.jooq.impl.AbstractConverter;

/** Kind of a row in {@code grant_changes}: which fact changed. The column holds the name in lower case, such as {@code key_added}. */
public enum ChangeKind {
    ACCOUNT,
    ACCOUNT_STATUS,
    BASE_PERMISSION,
    ORGANIZATION_MEMBER,
    TEAM,
    TEAM_PARENT,
    TEAM_MEMBER,
    TEAM_REPOSITORY,
    REPOSITORY,
    REPOSITORY_NAME,
    REPOSITORY_REDIRECT,
    REPOSITORY_VISIBILITY,
    REPOSITORY_STATE,
    COLLABORATOR,
    DEPLOY_KEY,
    KEY_ADDED,
    KEY_RENAMED,
    KEY_REVOKED,
    KEY_DELETED,
    /** Somebody tried to add a key that is registered already, or reserved. */
    KEY_REFUSED,
    TOKEN_ADDED,
    TOKEN_REVOKED,
    ROUTE,
    FILE_SERVER,
    FILE_SERVER_HOST,
    SITE_READ_ONLY;

    /** Returns the kind as the database, the command line and the log spell it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads and writes the column {@code grant_changes.kind}. A value that is no kind is an {@link IllegalArgumentException}. */
    public static final class Converter extends AbstractConverter<String, ChangeKind> {
        private static final long serialVersionUID = 1;

        public Converter() {
            super(String.class, ChangeKind.class);
        }

        @Override
        @SuppressWarnings("NullAway") // jOOQ calls it with the null of a row that has no kind yet
        public ChangeKind from(String label) {
            return label == null ? null : valueOf(label.toUpperCase(Locale.ROOT));
        }

        @Override
        @SuppressWarnings("NullAway")
        public String to(ChangeKind kind) {
            return kind == null ? null : kind.label();
        }
    }
}
