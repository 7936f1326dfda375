package io.gerve.audit;

import io.gerve.access.Decision;
import io.gerve.access.Role;
import io.gerve.git.RepositoryName;
import java.util.Comparator;
import java.util.List;

/**
 * That somebody reaches a repository.
 *
 * @param who a login, a deploy key's fingerprint, a team, or {@code everybody}
 * @param kind {@code user}, {@code organization}, {@code deploy-key}, {@code team} or {@code everybody}
 * @param pull what the gate decides
 * @param push what the gate decides
 * @param ways by which it is reached
 * @param amiss what somebody should look at; mostly nothing
 * @param place of the row in an answer, to go on behind it
 */
public record Reach(
        String who,
        String kind,
        long repositoryId,
        RepositoryName repository,
        Decision pull,
        Decision push,
        List<Way> ways,
        List<String> amiss,
        Place place) {
    public Reach {
        ways = List.copyOf(ways);
        amiss = List.copyOf(amiss);
    }

    Reach at(Place where) {
        return new Reach(who, kind, repositoryId, repository, pull, push, ways, amiss, where);
    }

    /** The highest role, whether or not something stands against using it. */
    public Role role() {
        return ways.stream().map(Way::role).max(Comparator.naturalOrder()).orElse(Role.NONE);
    }

    /** What can be done in fact: {@code push}, {@code pull} or {@code nothing}. */
    public String may() {
        if (push instanceof Decision.Allowed) {
            return "push";
        }
        return pull instanceof Decision.Allowed ? "pull" : "nothing";
    }

    /** Takes what is found, one by one. */
    @FunctionalInterface
    public interface Sink<T> {
        /** @return whether to go on */
        boolean take(T found);
    }
}
