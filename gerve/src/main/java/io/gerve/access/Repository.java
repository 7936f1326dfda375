package io.gerve.access;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;

/**
 * A repository and its properties that matter for access.
 *
 * @param name present name, in the spelling of its owner
 * @param basePermission role of each member of the owning organization; {@link Role#NONE} if a user owns the repository
 * @param stateReason reason that the operator gave, empty if none
 */
public record Repository(
        long id,
        long ownerId,
        Account.Kind ownerKind,
        Role basePermission,
        RepositoryName name,
        Visibility visibility,
        State state,
        String stateReason) {
    public enum Visibility {
        PUBLIC,
        PRIVATE
    }

    public enum State {
        ACTIVE,
        /** Pushes are refused because work on the repository has ended. */
        ARCHIVED,
        /** An operator refuses pushes. */
        LOCKED,
        /** An operator refuses fetches and pushes. */
        DISABLED
    }
}
