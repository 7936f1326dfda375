package io.gerve.lookup;

/** Source of look-up results. Called by many threads. Each call must return within a timeout of its own. */
@FunctionalInterface
public interface LookupSource<K, V> {
    /**
     * Queries the source.
     *
     * @throws LookupUnavailable if the source is unavailable. Any other exception is treated as a bug.
     */
    V find(K key) throws LookupUnavailable;
}
