package io.gerve.access;

/** Access rules, in the order in which they are tried. The log names the rule that decided. */
public enum Rule implements DecidingRule {
    KEY_UNKNOWN,
    KEY_REVOKED,
    KEY_EXPIRED,
    ACCOUNT_SUSPENDED,
    /** No repository has the name. The client gets the same message as for {@link #NO_GRANT}. */
    REPOSITORY_UNKNOWN,
    DEPLOY_KEY,
    DEPLOY_KEY_READ_ONLY,
    OWNER,
    COLLABORATOR,
    ORGANIZATION_OWNER,
    TEAM,
    BASE_PERMISSION,
    PUBLIC,
    /** The principal may not read the repository. The client is not told that it exists. */
    NO_GRANT,
    /** The principal may read but not write, and the command writes. */
    NO_WRITE_GRANT,
    /** The owner is a suspended organization; all its repositories are unavailable. */
    ORGANIZATION_SUSPENDED,
    REPOSITORY_DISABLED,
    REPOSITORY_ARCHIVED,
    REPOSITORY_LOCKED,
    SITE_READ_ONLY
}
