package io.gerve.bridge;

/** How a remote command ended (RFC 4254, section 6.10). */
public sealed interface Ending {
    record Exited(int status) implements Ending {}

    /** @param signal its name without {@code SIG}: {@code KILL} */
    record Signalled(String signal) implements Ending {}

    /** The file server went away, or closed the channel and never said how the command ended. It is not known what was done. */
    record Lost(String why) implements Ending {}
}
