package io.gerve.audit.access;

import io.gerve.access.Decision;
import io.gerve.access.Role;
import io.gerve.git.RepositoryName;
import java.util.Comparator;
import java.util.List;

/**
 * That somebody reaches a repository.
 *
 * @param principal a login, a deploy key's fingerprint, a team, or {@code everybody}
 * @param kind {@code user}, {@code organization}, {@code deploy-key}, {@code team} or {@code everybody}
 * @param mayPull what the gate decides
 * @param mayPush what the gate decides
 * @param grantPaths by which it is reached
 * @param issue what somebody should look at; mostly nothing
 * @param cursor of the row in an answer, to go on behind it
 */
public record AccessEntry(
        String principal,
        String kind,
        long repositoryId,
        RepositoryName repository,
        Decision mayPull,
        Decision mayPush,
        List<GrantPath> grantPaths,
        List<String> issue,
        Cursor cursor) {
    public AccessEntry {
        grantPaths = List.copyOf(grantPaths);
        issue = List.copyOf(issue);
    }

    AccessEntry at(Cursor where) {
        return new AccessEntry(principal, kind, repositoryId, repository, mayPull, mayPush, grantPaths, issue, where);
    }

    /** The highest role, whether or not something stands against using it. */
    public Role role() {
        return grantPaths.stream()
                .map(GrantPath::role)
                .max(Comparator.naturalOrder())
                .orElse(Role.NONE);
    }

    /** What can be done in fact: {@code push}, {@code pull} or {@code nothing}. */
    public String permission() {
        if (mayPush instanceof Decision.Allowed) {
            return "push";
        }
        return mayPull instanceof Decision.Allowed ? "pull" : "nothing";
    }

    /** Takes what is found, one by one. */
    @FunctionalInterface
    public interface Sink<T> {
        /** @return whether to go on */
        boolean accept(T found);
    }
}
