package io.gerve.routing;

import io.gerve.lookup.LookupUnavailable;

/** Is shown something that nobody changes meanwhile. */
@FunctionalInterface
interface SnapshotReader<T> {
    void read(T seen) throws LookupUnavailable;
}
