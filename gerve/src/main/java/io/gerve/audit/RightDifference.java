package io.gerve.audit;

import io.gerve.access.Role;
import io.gerve.git.RepositoryName;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How what somebody could do with a repository differs between two times.
 *
 * @param repository by its name at the later time, if it was there
 * @param who as in {@link Reach}
 * @param kind of whom, likewise: a login may be {@code everybody} too
 * @param change {@code gained}, {@code lost}, or {@code otherwise} if the same can be done in other ways
 * @param before what could be done, and the role: {@code push, admin}; empty for nothing
 * @param after likewise
 * @param place of the row in an answer, to go on behind it
 */
public record RightDifference(
        RepositoryName repository,
        String who,
        String kind,
        String change,
        String before,
        String after,
        List<Way> waysBefore,
        List<Way> waysAfter,
        Place place) {
    public RightDifference {
        waysBefore = List.copyOf(waysBefore);
        waysAfter = List.copyOf(waysAfter);
    }

    /** @param reached at two times
     *  @return empty if it is the same, or nothing, at both */
    static Optional<RightDifference> of(Reached reached) {
        Optional<Reach> before = reached.reaches().getFirst();
        Optional<Reach> after = reached.reaches().getLast();
        Optional<Reach> either = before.or(() -> after);
        if (either.isEmpty()
                || (text(before).equals(text(after)) && ways(before).equals(ways(after)))) {
            return Optional.empty();
        }
        return Optional.of(new RightDifference(
                reached.repository(),
                either.get().who(),
                either.get().kind(),
                change(before, after),
                text(before),
                text(after),
                ways(before),
                ways(after),
                reached.place()));
    }

    private static String change(Optional<Reach> before, Optional<Reach> after) {
        int can = Integer.compare(rank(after), rank(before));
        int compared = can != 0 ? can : role(after).compareTo(role(before));
        if (compared == 0 && before.isPresent() == after.isPresent()) {
            return "otherwise";
        }
        return compared > 0 || (compared == 0 && after.isPresent()) ? "gained" : "lost";
    }

    private static int rank(Optional<Reach> reach) {
        return List.of("nothing", "pull", "push").indexOf(reach.map(Reach::may).orElse("nothing"));
    }

    private static Role role(Optional<Reach> reach) {
        return reach.map(Reach::role).orElse(Role.NONE);
    }

    private static List<Way> ways(Optional<Reach> reach) {
        return reach.map(Reach::ways).orElse(List.of());
    }

    private static String text(Optional<Reach> reach) {
        return reach.map(known -> known.may() + ", " + known.role().name().toLowerCase(Locale.ROOT))
                .orElse("");
    }
}
