package io.gerve.routing;

/** Extent to which a change of a route has taken effect. The change is committed in the database in either case. */
public enum Propagation {
    /** Every running gate uses the change. */
    EVERYWHERE,
    /**
     * Redis or a gate may still use the previous state. {@code gerve route rebuild} brings both up to date once Redis
     * is reachable.
     */
    DATABASE_ONLY;

    static Propagation of(boolean isEverywhere) {
        return isEverywhere ? EVERYWHERE : DATABASE_ONLY;
    }
}
