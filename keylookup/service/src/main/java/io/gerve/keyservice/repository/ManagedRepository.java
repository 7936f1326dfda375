package io.gerve.keyservice.repository;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;

/**
 * Repository that an account can see, with the account's permission to its deploy keys.
 *
 * @param name the current name, even if the repository was looked up by a former name
 */
public record ManagedRepository(long id, Account owner, RepositoryName name, boolean isPublic, Permission permission) {
    /** {@code READ}: the account can see the repository. {@code ADMIN}: it can also manage the deploy keys. */
    public enum Permission {
        READ,
        ADMIN
    }

    /** Whether the owner is a suspended organization. A suspended user cannot log in at all. */
    public boolean isSuspended() {
        return owner.kind() == Account.Kind.ORGANIZATION && owner.status() == Account.Status.SUSPENDED;
    }
}
