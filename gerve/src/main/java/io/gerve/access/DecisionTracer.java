package io.gerve.access;

/**
 * Is told each rule that a decision tries, in the order in which they are tried. The rule that decides is the last one that applies; what
 * comes before it did not decide, or only opened the way to what could still forbid.
 */
@FunctionalInterface
public interface DecisionTracer {
    /** Of decisions that nobody asks to have explained: it costs them nothing. */
    DecisionTracer NONE = (_, _, _) -> {};

    /**
     * @param applies whether the rule is fulfilled
     * @param fact what the rule looked at: a value of this package, or the key's validity or the account. The gate hands out what it has
     *     at hand and makes nothing for it
     */
    void ruleTried(Rule rule, boolean applies, Object fact);

    /** Tells of a rule where it is tried. */
    default boolean trace(Rule rule, boolean applies, Object fact) {
        ruleTried(rule, applies, fact);
        return applies;
    }
}
