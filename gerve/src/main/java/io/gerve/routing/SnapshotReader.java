package io.gerve.routing;

import io.gerve.lookup.LookupUnavailable;

/** Reader of a value that does not change until the reader returns. */
@FunctionalInterface
interface SnapshotReader<T> {
    void read(T snapshot) throws LookupUnavailable;
}
