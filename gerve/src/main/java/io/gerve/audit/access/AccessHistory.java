package io.gerve.audit.access;

import io.gerve.access.Repository;
import io.gerve.git.RepositoryName;
import io.gerve.lookup.LookupUnavailable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one somebody reaches of one repository at each of the times that are looked at.
 *
 * @param cursor where it was found, as far as is known yet
 * @param repository by its last name
 * @param entries in the order of the times; empty where there was nothing to reach, or nobody to reach it
 */
public record AccessHistory(Cursor cursor, RepositoryName repository, List<Optional<AccessEntry>> entries) {
    public AccessHistory {
        entries = List.copyOf(entries);
    }

    /** @param asItWas the repository at those of the times at which it was there, one at least */
    public static AccessHistory of(Stream<Repository> asItWas, List<Optional<AccessEntry>> reaches) {
        RepositoryName last =
                asItWas.map(Repository::name).reduce((_, later) -> later).orElseThrow();
        return new AccessHistory(Cursor.START, last, reaches);
    }

    /** The same, found at a step of the loop around it. */
    AccessHistory under(long step) {
        return new AccessHistory(cursor.under(step), repository, entries);
    }

    /** If only one time is looked at. */
    Optional<AccessEntry> only() {
        return entries.getFirst().map(reach -> reach.at(cursor));
    }

    public interface Sink {
        /** @return whether to go on */
        boolean accept(AccessHistory reached) throws LookupUnavailable;

        /** For one time. */
        public static Sink of(AccessEntry.Sink<AccessEntry> sink) {
            return reached -> reached.only().map(sink::accept).orElse(true);
        }
    }
}
