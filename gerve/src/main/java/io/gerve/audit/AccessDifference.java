package io.gerve.audit;

import io.gerve.access.Role;
import io.gerve.audit.access.AccessEntry;
import io.gerve.audit.access.AccessHistory;
import io.gerve.audit.access.Cursor;
import io.gerve.audit.access.GrantPath;
import io.gerve.git.RepositoryName;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How what somebody could do with a repository differs between two times.
 *
 * @param repository by its name at the later time, if it was there
 * @param principal as in {@link AccessEntry}
 * @param kind of whom, likewise: a login may be {@code everybody} too
 * @param change {@code gained}, {@code lost}, or {@code otherwise} if the same can be done in other ways
 * @param before what could be done, and the role: {@code push, admin}; empty for nothing
 * @param after likewise
 * @param cursor of the row in an answer, to go on behind it
 */
public record AccessDifference(
        RepositoryName repository,
        String principal,
        String kind,
        String change,
        String before,
        String after,
        List<GrantPath> grantPathsBefore,
        List<GrantPath> grantPathsAfter,
        Cursor cursor) {
    public AccessDifference {
        grantPathsBefore = List.copyOf(grantPathsBefore);
        grantPathsAfter = List.copyOf(grantPathsAfter);
    }

    /** @param reached at two times
     *  @return empty if it is the same, or nothing, at both */
    static Optional<AccessDifference> of(AccessHistory reached) {
        Optional<AccessEntry> before = reached.entries().getFirst();
        Optional<AccessEntry> after = reached.entries().getLast();
        Optional<AccessEntry> either = before.or(() -> after);
        if (either.isEmpty()
                || (text(before).equals(text(after)) && grantPaths(before).equals(grantPaths(after)))) {
            return Optional.empty();
        }
        return Optional.of(new AccessDifference(
                reached.repository(),
                either.get().principal(),
                either.get().kind(),
                change(before, after),
                text(before),
                text(after),
                grantPaths(before),
                grantPaths(after),
                reached.cursor()));
    }

    private static String change(Optional<AccessEntry> before, Optional<AccessEntry> after) {
        int can = Integer.compare(rank(after), rank(before));
        int compared = can != 0 ? can : role(after).compareTo(role(before));
        if (compared == 0 && before.isPresent() == after.isPresent()) {
            return "otherwise";
        }
        return compared > 0 || (compared == 0 && after.isPresent()) ? "gained" : "lost";
    }

    private static int rank(Optional<AccessEntry> reach) {
        return List.of("nothing", "pull", "push")
                .indexOf(reach.map(AccessEntry::permission).orElse("nothing"));
    }

    private static Role role(Optional<AccessEntry> reach) {
        return reach.map(AccessEntry::role).orElse(Role.NONE);
    }

    private static List<GrantPath> grantPaths(Optional<AccessEntry> reach) {
        return reach.map(AccessEntry::grantPaths).orElse(List.of());
    }

    private static String text(Optional<AccessEntry> reach) {
        return reach.map(
                        known -> known.permission() + ", " + known.role().name().toLowerCase(Locale.ROOT))
                .orElse("");
    }
}
