package io.gerve.keylookup.api;

import io.gerve.keylookup.key.Account;

/**
 * A repository as one account sees it.
 *
 * @param owner under its present name, whatever it was asked for by
 */
record AdministeredRepository(long id, Account owner, String name, boolean isPublic, Right right) {
    /** What the account may do. */
    enum Right {
        NONE,
        READ,
        ADMINISTER
    }

    String fullName() {
        return owner.login() + "/" + name;
    }
}
