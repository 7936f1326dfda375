package io.gerve.audit.snapshot;

import io.gerve.access.Repository;
import io.gerve.access.Role;
import io.gerve.keylookup.directory.Account;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Facts about a site as they are, or were at a time, recorded. */
public final class SnapshotRows {
    private SnapshotRows() {}

    public record RecordedRepository(Repository repository, Account owner) {}

    public record RecordedAccount(Account account, Role basePermission) {}

    /** @param parent 0 if the team is at the top */
    public record RecordedTeam(long id, long organization, String slug, long parent) {
        /** A team, then those above it; each once, though they stand in a circle. None if it is not there. */
        public static List<RecordedTeam> upwards(Map<Long, RecordedTeam> all, long team) {
            Map<Long, RecordedTeam> walked = new LinkedHashMap<>();
            RecordedTeam next = all.get(team);
            while (next != null && walked.putIfAbsent(next.id(), next) == null) {
                next = all.get(next.parent());
            }
            return List.copyOf(walked.values());
        }
    }

    /** Two ids, of things that stand in a relation. */
    public record Pair(long one, long other) {}
}
