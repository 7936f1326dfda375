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
 * The difference between a principal's access to a repository at two times.
 *
 * @param repository the name of the repository at the later time, or at the earlier time if it no longer existed
 * @param principal the principal, as in {@link AccessEntry}
 * @param kind the kind of the principal, as in {@link AccessEntry}; it distinguishes the login {@code everybody} from
 *     the principal of that name
 * @param change {@code gained}, {@code lost}, or {@code otherwise} if the access is the same through other grants
 * @param before the permission and the role at the earlier time, as in {@code push, admin}; empty for no access
 * @param after the same at the later time
 * @param cursor the position of the row, after which another audit can continue
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

    /**
     * Compares the entries of two times.
     *
     * @return empty if they are the same, or if there was no access at either time
     */
    static Optional<AccessDifference> of(AccessHistory history) {
        Optional<AccessEntry> before = history.entries().getFirst();
        Optional<AccessEntry> after = history.entries().getLast();
        Optional<AccessEntry> either = before.or(() -> after);
        if (either.isEmpty()
                || (text(before).equals(text(after)) && grantPaths(before).equals(grantPaths(after)))) {
            return Optional.empty();
        }
        return Optional.of(new AccessDifference(
                history.repository(),
                either.get().principal(),
                either.get().kind(),
                change(before, after),
                text(before),
                text(after),
                grantPaths(before),
                grantPaths(after),
                history.cursor()));
    }

    private static String change(Optional<AccessEntry> before, Optional<AccessEntry> after) {
        int permission = Integer.compare(rank(after), rank(before));
        int compared = permission != 0 ? permission : role(after).compareTo(role(before));
        if (compared == 0 && before.isPresent() == after.isPresent()) {
            return "otherwise";
        }
        return compared > 0 || (compared == 0 && after.isPresent()) ? "gained" : "lost";
    }

    private static int rank(Optional<AccessEntry> entry) {
        return List.of("nothing", "pull", "push")
                .indexOf(entry.map(AccessEntry::permission).orElse("nothing"));
    }

    private static Role role(Optional<AccessEntry> entry) {
        return entry.map(AccessEntry::role).orElse(Role.NONE);
    }

    private static List<GrantPath> grantPaths(Optional<AccessEntry> entry) {
        return entry.map(AccessEntry::grantPaths).orElse(List.of());
    }

    private static String text(Optional<AccessEntry> entry) {
        return entry.map(access ->
                        access.permission() + ", " + access.role().name().toLowerCase(Locale.ROOT))
                .orElse("");
    }
}
