package io.gerve.keylookup.repository;

import io.gerve.keylookup.key.Account;

/**
 * A repository as one account sees it.
 *
 * @param owner under its present name, whatever it was asked for by
 */
public record AdministeredRepository(long id, Account owner, String name, boolean isPublic, Right right) {
    /** What the account may do. */
    public enum Right {
        NONE,
        READ,
        ADMINISTER
    }

    /** The owner is an organization that was suspended; a suspended person is not let in at all. */
    public boolean isSuspended() {
        return owner.kind() == Account.Kind.ORGANIZATION && owner.standing() == Account.Standing.SUSPENDED;
    }

    public String fullName() {
        return owner.login() + "/" + name;
    }
}
