package io.gerve.keyservice.repository;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;

/**
 * A repository that an account can see, with what the account can do with its deploy keys.
 *
 * @param name its present name, whatever name it was asked for by
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
