package io.gerve.explain;

import io.gerve.access.Rule;
import io.gerve.request.AuthorizationResult;
import java.time.Duration;
import java.util.List;

/**
 * What the gate decides on a request and how it reaches the decision.
 *
 * @param tried the rules in the order in which they were tried
 * @param steps the duration of each step, in order
 */
public record Explanation(List<Tried> tried, AuthorizationResult result, List<Step> steps) {
    public Explanation {
        tried = List.copyOf(tried);
        steps = List.copyOf(steps);
    }

    /**
     * A rule that was tried.
     *
     * @param fact the fact that the rule examined
     */
    public record Tried(Rule rule, boolean applies, String fact) {}

    /** The duration of one step. */
    public record Step(String name, Duration took) {}
}
