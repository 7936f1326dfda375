package io.gerve.audit;

import io.gerve.access.Findings;
import java.util.List;
import java.util.stream.Stream;

/**
 * What somebody has on one repository.
 *
 * @param findings as the gate is given them
 * @param ways that count
 * @param idle ways of teams that do not count, since the account is no member of the organization
 */
record Standing(Findings.Known findings, List<Way> ways, List<Way> idle) {
    Standing {
        ways = List.copyOf(ways);
        idle = List.copyOf(idle);
    }

    boolean isSomething() {
        return !ways.isEmpty() || !idle.isEmpty();
    }

    /** Whether there is more to say than that everybody may read a public repository. */
    boolean isParticular() {
        return Stream.concat(ways.stream(), idle.stream()).anyMatch(way -> !(way instanceof Way.Public));
    }

    boolean isCollaborators() {
        return ways.stream().anyMatch(Way.Collaborator.class::isInstance);
    }

    /** Whether the team was given something on the repository. */
    boolean isOfTeam(long team) {
        return Stream.concat(ways.stream(), idle.stream())
                .anyMatch(way -> way instanceof Way.Team given && given.givenTo() == team);
    }
}
