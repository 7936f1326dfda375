package io.gerve.lookup;

/** Where answers come from. Called by many threads, and must come back: each call within a time limit of its own. */
@FunctionalInterface
public interface LookupSource<K, V> {
    /** @throws LookupUnavailable if the source cannot be asked; any other exception is a bug and counted as such */
    V find(K key) throws LookupUnavailable;
}
