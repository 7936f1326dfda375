package io.gerve.audit.access;

import io.gerve.access.Repository;
import io.gerve.git.RepositoryName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The access of one principal to one repository at each time that is examined.
 *
 * @param cursor the position of the row
 * @param repository the last name of the repository
 * @param entries the access at each time, in order; empty if the repository or the principal did not exist, or there
 *     was no access
 */
public record AccessHistory(Cursor cursor, RepositoryName repository, List<Optional<AccessEntry>> entries) {
    public AccessHistory {
        entries = List.copyOf(entries);
    }

    /**
     * Creates a history.
     *
     * @param repositories the repository at the times at which it existed, at least one
     */
    public static AccessHistory of(
            Cursor cursor, Stream<Repository> repositories, List<Optional<AccessEntry>> entries) {
        RepositoryName last =
                repositories.map(Repository::name).reduce((_, later) -> later).orElseThrow();
        return new AccessHistory(cursor, last, entries);
    }

    /** Returns the entry of the only time. */
    public Optional<AccessEntry> only() {
        return entries.getFirst().map(entry -> entry.at(cursor));
    }
}
