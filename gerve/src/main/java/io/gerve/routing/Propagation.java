package io.gerve.routing;

/** How far a change of a route has come. It holds in either case: the database is the truth. */
public enum Propagation {
    /** Every gate that runs uses it from now on. */
    EVERYWHERE,
    /**
     * Redis, or a gate, may still hold what was before, and use it. {@code gerve route rebuild} brings them up to date once Redis
     * answers.
     */
    DATABASE_ONLY;

    static Propagation of(boolean isEverywhere) {
        return isEverywhere ? EVERYWHERE : DATABASE_ONLY;
    }
}
