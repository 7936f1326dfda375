package io.gerve.access;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;

/**
 * A repository, as far as access to it is concerned.
 *
 * @param name its present name, in its owner's spelling
 * @param basePermission what each member of the owning organization may do; {@link Role#NONE} if a user owns it
 * @param stateReason the operator's words, empty if none were given
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
        /** Pushes are refused, since its people are done with it. */
        ARCHIVED,
        /** Pushes are refused by the operator. */
        LOCKED,
        /** Everything is refused by the operator. */
        DISABLED
    }
}
