package io.gerve.audit.snapshot;

import io.gerve.access.Repository;
import io.gerve.access.Role;
import io.gerve.keylookup.directory.Account;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Recorded facts about accounts, teams and repositories, now or at a past time. */
public final class SnapshotRows {
    private SnapshotRows() {}

    public record RecordedRepository(Repository repository, Account owner) {}

    public record RecordedAccount(Account account, Role basePermission) {}

    /**
     * A team.
     *
     * @param parent the id of the parent team; 0 if there is none
     */
    public record RecordedTeam(long id, long organization, String slug, long parent) {
        /**
         * Returns a team followed by its ancestors, each once even if they form a cycle. Empty if there is no such
         * team.
         */
        public static List<RecordedTeam> upwards(Map<Long, RecordedTeam> all, long team) {
            Map<Long, RecordedTeam> visited = new LinkedHashMap<>();
            RecordedTeam next = all.get(team);
            while (next != null && visited.putIfAbsent(next.id(), next) == null) {
                next = all.get(next.parent());
            }
            return List.copyOf(visited.values());
        }
    }

    /** The ids of two related objects. */
    public record Pair(long one, long other) {}
}
