package io.gerve.audit;

import io.gerve.git.RepositoryName;
import java.util.List;
import java.util.Locale;

/**
 * How what somebody could do with a repository differs between two times.
 *
 * @param repository by its name at the later time, if it was there
 * @param change {@code gained}, {@code lost}, or {@code otherwise} if the same can be done in other ways
 * @param before what could be done, and the role: {@code push, admin}; empty for nothing
 * @param after likewise
 */
public record RightDifference(
        RepositoryName repository,
        String who,
        String change,
        String before,
        String after,
        List<Way> waysBefore,
        List<Way> waysAfter) {
    public RightDifference {
        waysBefore = List.copyOf(waysBefore);
        waysAfter = List.copyOf(waysAfter);
    }

    static RightDifference gained(Reach now) {
        return new RightDifference(now.repository(), now.who(), "gained", "", text(now), List.of(), now.ways());
    }

    static RightDifference lost(Reach then) {
        return new RightDifference(then.repository(), then.who(), "lost", text(then), "", then.ways(), List.of());
    }

    static boolean isBetween(Reach then, Reach now) {
        return !text(then).equals(text(now)) || !then.ways().equals(now.ways());
    }

    static RightDifference between(Reach then, Reach now) {
        return new RightDifference(
                now.repository(), now.who(), change(then, now), text(then), text(now), then.ways(), now.ways());
    }

    private static String change(Reach then, Reach now) {
        int can = Integer.compare(rank(now), rank(then));
        int compared = can != 0 ? can : now.role().compareTo(then.role());
        if (compared == 0) {
            return "otherwise";
        }
        return compared > 0 ? "gained" : "lost";
    }

    private static int rank(Reach reach) {
        return List.of("nothing", "pull", "push").indexOf(reach.may());
    }

    private static String text(Reach reach) {
        return reach.may() + ", " + reach.role().name().toLowerCase(Locale.ROOT);
    }
}
