package io.gerve.request;

/** What the client is told at the end of its request: an exit-status or an exit-signal. */
public sealed interface ExitResult {
    record Status(int status) implements ExitResult {}

    /** @param name without {@code SIG} */
    record Signal(String name) implements ExitResult {}
}
