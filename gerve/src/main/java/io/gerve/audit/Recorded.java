package io.gerve.audit;

import io.gerve.access.Repository;
import io.gerve.access.Role;
import io.gerve.keylookup.key.Account;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Facts about a site as they are, or were at a time, recorded. */
final class Recorded {
    private Recorded() {}

    record Owned(Repository repository, Account owner) {}

    record Holder(Account account, Role basePermission) {}

    /** @param parent 0 if the team is at the top */
    record Team(long id, long organization, String slug, long parent) {
        /** A team, then those above it; each once, though they stand in a circle. None if it is not there. */
        static List<Team> upwards(Map<Long, Team> all, long team) {
            Map<Long, Team> walked = new LinkedHashMap<>();
            Team next = all.get(team);
            while (next != null && walked.putIfAbsent(next.id(), next) == null) {
                next = all.get(next.parent());
            }
            return List.copyOf(walked.values());
        }
    }

    /** Two ids, of things that stand in a relation. */
    record Pair(long one, long other) {}
}
