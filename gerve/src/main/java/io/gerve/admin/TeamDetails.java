package io.gerve.admin;

import io.gerve.access.Role;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import java.util.List;

/**
 * A team as operators see it.
 *
 * @param parent the slug of the parent team, whose grants this team also has; empty if it has no parent
 * @param members the team's own members, ordered by login, without those of its descendants
 * @param grants the team's own grants, ordered by repository, without those of its ancestors
 */
public record TeamDetails(TeamName name, String parent, List<Login> members, List<Grant> grants) {
    public TeamDetails {
        members = List.copyOf(members);
        grants = List.copyOf(grants);
    }

    /** A role of the team for a repository. */
    public record Grant(RepositoryName repository, Role role) {}
}
