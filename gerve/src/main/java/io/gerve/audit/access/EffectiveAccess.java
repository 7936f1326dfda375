package io.gerve.audit.access;

import io.gerve.access.AccessFacts;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rights of one principal to one repository.
 *
 * @param facts the facts on which the gate decides
 * @param grantPaths the paths that give a role
 * @param inactivePaths paths through teams that give no role, because the account is not a member of the organization
 */
public record EffectiveAccess(AccessFacts.Known facts, List<GrantPath> grantPaths, List<GrantPath> inactivePaths) {
    public EffectiveAccess {
        grantPaths = List.copyOf(grantPaths);
        inactivePaths = List.copyOf(inactivePaths);
    }

    boolean grantsAnything() {
        return !grantPaths.isEmpty() || !inactivePaths.isEmpty();
    }

    /** Returns whether there is a path other than that the repository is public. */
    boolean isGrantedDirectly() {
        return Stream.concat(grantPaths.stream(), inactivePaths.stream())
                .anyMatch(path -> !(path instanceof GrantPath.Public));
    }

    boolean isByCollaboration() {
        return grantPaths.stream().anyMatch(GrantPath.Collaborator.class::isInstance);
    }

    /** Returns whether a path exists through a grant to the team. */
    boolean isByTeam(long team) {
        return Stream.concat(grantPaths.stream(), inactivePaths.stream())
                .anyMatch(path -> path instanceof GrantPath.Team given && given.grantedTo() == team);
    }
}
