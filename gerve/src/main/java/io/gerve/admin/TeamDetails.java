package io.gerve.admin;

import io.gerve.access.Role;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import java.util.List;

/**
 * A team as operators see it.
 *
 * @param parent the slug of the team whose grants it has too, empty if it has none
 * @param members by login; its own, without those of the teams below it
 * @param grants by repository; its own, without those of the teams above it
 */
public record TeamDetails(TeamName name, String parent, List<Login> members, List<Grant> grants) {
    public TeamDetails {
        members = List.copyOf(members);
        grants = List.copyOf(grants);
    }

    /** What the team may do with a repository. */
    public record Grant(RepositoryName repository, Role role) {}
}
