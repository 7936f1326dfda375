package io.gerve.session;

/** What the client is told at the end of its request: an exit-status or an exit-signal. */
public sealed interface Outcome {
    record Exit(int status) implements Outcome {}

    /** @param name without {@code SIG} */
    record Signal(String name) implements Outcome {}
}
