package io.gerve.access;

/**
 * Receiver of each rule that a decision tries, in order. The last rule that applies is the one that decided. Rules that
 * applied before it did not decide, or granted access that a later rule could still refuse.
 */
@FunctionalInterface
public interface DecisionTracer {
    /** Discards every rule, at no cost; for decisions that need no explanation. */
    DecisionTracer NONE = (_, _, _) -> {};

    /**
     * @param applies whether the condition of the rule is met
     * @param fact value that the rule examined: one of this package, or the validity or account of the key. The gate
     *     passes existing values and creates none for tracing.
     */
    void ruleTried(Rule rule, boolean applies, Object fact);

    /** Reports a rule and returns {@code applies}, for use in a condition. */
    default boolean trace(Rule rule, boolean applies, Object fact) {
        ruleTried(rule, applies, fact);
        return applies;
    }
}
