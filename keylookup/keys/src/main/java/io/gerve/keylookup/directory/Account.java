package io.gerve.keylookup.directory;

/**
 * User or organization, which can own repositories.
 *
 * @param suspendedReason reason of the suspension; empty if the operator gave none or the account is active
 */
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
