package io.gerve.audit.access;

import io.gerve.access.Decision;
import io.gerve.access.Role;
import io.gerve.git.RepositoryName;
import java.util.Comparator;
import java.util.List;

/**
 * The access of one principal to one repository.
 *
 * @param principal a login, a deploy key's fingerprint, a team, or {@code everybody}
 * @param kind {@code user}, {@code organization}, {@code deploy_key}, {@code team} or {@code everybody}
 * @param mayPull the gate's decision on a fetch
 * @param mayPush the gate's decision on a push
 * @param grantPaths the paths by which the principal has its roles
 * @param issues what an operator should examine; mostly empty
 * @param cursor the position of the row, after which another audit can continue
 */
public record AccessEntry(
        String principal,
        String kind,
        long repositoryId,
        RepositoryName repository,
        Decision mayPull,
        Decision mayPush,
        List<GrantPath> grantPaths,
        List<String> issues,
        Cursor cursor) {
    public AccessEntry {
        grantPaths = List.copyOf(grantPaths);
        issues = List.copyOf(issues);
    }

    AccessEntry at(Cursor newCursor) {
        return new AccessEntry(
                principal, kind, repositoryId, repository, mayPull, mayPush, grantPaths, issues, newCursor);
    }

    /** Returns the highest role, even if a rule prevents its use. */
    public Role role() {
        return grantPaths.stream()
                .map(GrantPath::role)
                .max(Comparator.naturalOrder())
                .orElse(Role.NONE);
    }

    /** Returns what the gate permits: {@code push}, {@code pull} or {@code nothing}. */
    public String permission() {
        if (mayPush instanceof Decision.Allowed) {
            return "push";
        }
        return mayPull instanceof Decision.Allowed ? "pull" : "nothing";
    }
}
