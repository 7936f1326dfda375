package io.gerve.explain;

import io.gerve.access.Rule;
import io.gerve.accesslog.RequestDecision;
import io.gerve.routing.Route;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The gate's decision on a request and how the gate reaches it.
 *
 * @param tried the rules in the order in which they were tried
 * @param decision {@code allowed}, {@code denied} or {@code unavailable}
 * @param rule the rule that decided, as the log spells it
 * @param message the message that the client would receive; empty if the gate would send none
 * @param exitStatus the exit status of the client's command, if the gate ends it
 * @param route the route of the repository; empty if the request would not reach it
 * @param path the path of the repository on its file server; empty without a route
 * @param steps the duration of each step, in order
 */
public record Explanation(
        List<Tried> tried,
        RequestDecision decision,
        String rule,
        String message,
        int exitStatus,
        Optional<Route> route,
        String path,
        List<Step> steps) {
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
