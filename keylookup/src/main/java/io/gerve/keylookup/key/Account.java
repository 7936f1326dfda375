package io.gerve.keylookup.key;

/** A user or an organization: what owns repositories.
 *  @param suspendedReason the operator's words, empty if none were given */
public record Account(long id, Login login, Kind kind, Standing standing, String suspendedReason) {
    public enum Kind {
        USER,
        ORGANIZATION
    }

    public enum Standing {
        ACTIVE,
        SUSPENDED
    }
}
