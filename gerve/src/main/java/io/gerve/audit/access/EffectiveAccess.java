package io.gerve.audit.access;

import io.gerve.access.AccessFacts;
import java.util.List;
import java.util.stream.Stream;

/**
 * What somebody has on one repository.
 *
 * @param facts as the gate is given them
 * @param grantPaths that count
 * @param inactivePaths ways of teams that do not count, since the account is no member of the organization
 */
public record EffectiveAccess(AccessFacts.Known facts, List<GrantPath> grantPaths, List<GrantPath> inactivePaths) {
    public EffectiveAccess {
        grantPaths = List.copyOf(grantPaths);
        inactivePaths = List.copyOf(inactivePaths);
    }

    boolean grantsAnything() {
        return !grantPaths.isEmpty() || !inactivePaths.isEmpty();
    }

    /** Whether there is more to say than that everybody may read a public repository. */
    boolean isGrantedDirectly() {
        return Stream.concat(grantPaths.stream(), inactivePaths.stream())
                .anyMatch(way -> !(way instanceof GrantPath.Public));
    }

    boolean isByCollaboration() {
        return grantPaths.stream().anyMatch(GrantPath.Collaborator.class::isInstance);
    }

    /** Whether the team was given something on the repository. */
    boolean isByTeam(long team) {
        return Stream.concat(grantPaths.stream(), inactivePaths.stream())
                .anyMatch(way -> way instanceof GrantPath.Team given && given.grantedTo() == team);
    }
}
