package io.gerve.explain;

import io.gerve.access.Rule;
import io.gerve.routing.Route;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the gate would do with a request, and how it comes to it.
 *
 * @param tried the rules in the order in which they were tried
 * @param decision {@code allowed}, {@code denied} or {@code unavailable}
 * @param rule the one that decided, as the log spells it
 * @param message what the client would read; empty if git alone would speak
 * @param exitStatus of the client's command, if the gate ends it
 * @param route where the repository is; empty if the request would not get there
 * @param path the repository's on its file server; empty without a route
 * @param steps what took how long, in order
 */
public record Explanation(
        List<Tried> tried,
        String decision,
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

    public boolean isAllowed() {
        return decision.equals("allowed");
    }

    /** @param fact what the rule looked at */
    public record Tried(Rule rule, boolean applies, String fact) {}

    /** Part of the work. */
    public record Step(String name, Duration took) {}
}
