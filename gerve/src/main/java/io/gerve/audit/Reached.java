package io.gerve.audit;

import io.gerve.access.Repository;
import io.gerve.git.RepositoryName;
import io.gerve.lookup.LookupUnavailable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one somebody reaches of one repository at each of the times that are looked at.
 *
 * @param place where it was found, as far as is known yet
 * @param repository by its last name
 * @param reaches in the order of the times; empty where there was nothing to reach, or nobody to reach it
 */
record Reached(Place place, RepositoryName repository, List<Optional<Reach>> reaches) {
    Reached {
        reaches = List.copyOf(reaches);
    }

    /** @param asItWas the repository at those of the times at which it was there, one at least */
    static Reached of(Stream<Repository> asItWas, List<Optional<Reach>> reaches) {
        RepositoryName last =
                asItWas.map(Repository::name).reduce((_, later) -> later).orElseThrow();
        return new Reached(Place.START, last, reaches);
    }

    /** The same, found at a step of the loop around it. */
    Reached under(long step) {
        return new Reached(place.under(step), repository, reaches);
    }

    /** If only one time is looked at. */
    Optional<Reach> only() {
        return reaches.getFirst().map(reach -> reach.at(place));
    }

    interface Sink {
        /** @return whether to go on */
        boolean take(Reached reached) throws LookupUnavailable;

        /** For one time. */
        static Sink of(Reach.Sink<Reach> sink) {
            return reached -> reached.only().map(sink::take).orElse(true);
        }
    }
}
