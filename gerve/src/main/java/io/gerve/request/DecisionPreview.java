package io.gerve.request;

import io.gerve.accesslog.RequestDecision;

/**
 * Decision that the gate would make on a request now.
 *
 * @param decision {@code allowed}, {@code denied} or {@code unavailable}
 * @param rule rule that would decide
 * @param message message that the client would receive; empty if the request would run
 * @param server logical file server; empty if the request would not be routed
 */
public record DecisionPreview(RequestDecision decision, String rule, String message, String server) {}
