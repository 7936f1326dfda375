package io.gerve.registry;

import io.gerve.access.Role;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.key.Login;
import java.util.List;

/**
 * A team as operators see it.
 *
 * @param parent the slug of the team whose grants it has too, empty if it has none
 * @param members by login; its own, without those of the teams below it
 * @param grants by repository; its own, without those of the teams above it
 */
public record TeamEntry(TeamName name, String parent, List<Login> members, List<Grant> grants) {
    public TeamEntry {
        members = List.copyOf(members);
        grants = List.copyOf(grants);
    }

    /** What the team may do with a repository. */
    public record Grant(RepositoryName repository, Role role) {}
}
