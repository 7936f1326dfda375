package io.gerve.keylookup.directory;

/** A user or an organization: what owns repositories.
 *  @param suspendedReason the operator's words, empty if none were given */
public record Account(long id, Login login, Kind kind, Status status, String suspendedReason) {
    public enum Kind {
        USER,
        ORGANIZATION
    }

    public enum Status {
        ACTIVE,
        SUSPENDED
    }
}
