package io.gerve.audit.access;

import io.gerve.access.Repository;
import io.gerve.git.RepositoryName;
import io.gerve.lookup.LookupUnavailable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The access of one principal to one repository at each time that is examined.
 *
 * @param cursor the position of the row within the loops that are already known
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
    public static AccessHistory of(Stream<Repository> repositories, List<Optional<AccessEntry>> entries) {
        RepositoryName last =
                repositories.map(Repository::name).reduce((_, later) -> later).orElseThrow();
        return new AccessHistory(Cursor.START, last, entries);
    }

    /** Returns the same history with the step of the enclosing loop added to its cursor. */
    AccessHistory under(long step) {
        return new AccessHistory(cursor.under(step), repository, entries);
    }

    /** Returns the entry of the only time. */
    Optional<AccessEntry> only() {
        return entries.getFirst().map(entry -> entry.at(cursor));
    }

    /** Receiver of the rows of an audit. */
    public interface Sink {
        /**
         * Accepts a row.
         *
         * @return whether to continue
         */
        boolean accept(AccessHistory history) throws LookupUnavailable;

        /** Returns a sink for audits of a single time. */
        public static Sink of(AccessEntry.Sink<AccessEntry> sink) {
            return history -> history.only().map(sink::accept).orElse(true);
        }
    }
}
