package io.gerve.request;

/** Exit that is sent to the client: an exit-status or an exit-signal (RFC 4254, section 6.10). */
public sealed interface ExitResult {
    record Status(int status) implements ExitResult {}

    /** @param name name of the signal without {@code SIG} */
    record Signal(String name) implements ExitResult {}
}
