package io.gerve.lookup;

/** Freshness of a look-up result. */
public enum Freshness {
    /** The result comes from the source, or from the cache without an invalidation since. */
    FRESH,
    /**
     * The source is unavailable, and the result is an earlier one from the cache. It may authorize reading but not
     * writing.
     */
    STALE;

    /** Returns the freshness of a conclusion from two results: fresh only if both are. */
    public Freshness and(Freshness other) {
        return this == FRESH ? other : this;
    }
}
