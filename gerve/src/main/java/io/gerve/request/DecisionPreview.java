package io.gerve.request;

/**
 * What the gate would say to a request if it came now.
 *
 * @param decision allowed, denied or unavailable
 * @param rule what would decide
 * @param message what the client would read; empty if the request would go on
 * @param server the logical file server; empty if the request would not get so far
 */
public record DecisionPreview(String decision, String rule, String message, String server) {}
