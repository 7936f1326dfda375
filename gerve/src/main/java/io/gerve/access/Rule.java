package io.gerve.access;

import java.util.Locale;

/** The rules for access, in the order in which they are tried (design, section 4). The one that decides is in the log. */
public enum Rule {
    KEY_UNKNOWN,
    KEY_REVOKED,
    KEY_EXPIRED,
    ACCOUNT_SUSPENDED,
    /** The repository does not exist. The client reads the same as for {@link #NO_GRANT}. */
    REPOSITORY_UNKNOWN,
    DEPLOY_KEY,
    DEPLOY_KEY_READ_ONLY,
    OWNER,
    COLLABORATOR,
    ORGANIZATION_OWNER,
    TEAM,
    BASE_PERMISSION,
    PUBLIC,
    /** May not read, so is not told that the repository exists. */
    NO_GRANT,
    /** May read, but asked to write. */
    NO_WRITE_GRANT,
    /** The organization that owns the repository is suspended, and with it everything that it owns. */
    ORGANIZATION_SUSPENDED,
    REPOSITORY_DISABLED,
    REPOSITORY_ARCHIVED,
    REPOSITORY_LOCKED,
    SITE_READ_ONLY;

    /** As the log and the metrics spell it: {@code no-write-grant}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
