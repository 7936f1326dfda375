package io.gerve.chimney;

import io.gerve.lookup.LookupUnavailable;

/** Is shown something that nobody changes meanwhile. */
@FunctionalInterface
interface Viewer<T> {
    void view(T seen) throws LookupUnavailable;
}
