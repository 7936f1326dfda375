package io.gerve.sql;

import java.util.Locale;
import org.jooq.impl.AbstractConverter;

/**
 * Kind of a change in {@code grant_changes}. The column contains the name in lower case, such as {@code key_added}.
 */
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
    REPOSITORY_DEFAULT_BRANCH,
    COLLABORATOR,
    DEPLOY_KEY,
    KEY_ADDED,
    KEY_RENAMED,
    KEY_REVOKED,
    KEY_DELETED,
    /** An attempt to add a key that is registered or reserved was refused. */
    KEY_REFUSED,
    TOKEN_ADDED,
    TOKEN_REVOKED,
    ROUTE,
    FILE_SERVER,
    FILE_SERVER_HOST,
    SITE_READ_ONLY,
    /** Records of the access log up to a time were removed. */
    ACCESS_LOG_PRUNED;

    /** Returns the name of the kind in the database, the command line and the log. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** jOOQ converter of the column {@code grant_changes.kind}. An unknown value causes an IllegalArgumentException. */
    public static final class Converter extends AbstractConverter<String, ChangeKind> {
        private static final long serialVersionUID = 1;

        public Converter() {
            super(String.class, ChangeKind.class);
        }

        @Override
        @SuppressWarnings("NullAway") // jOOQ passes null for a row without a kind
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
