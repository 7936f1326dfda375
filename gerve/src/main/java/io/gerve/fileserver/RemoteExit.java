package io.gerve.fileserver;

/** How a remote command ended (RFC 4254, section 6.10). */
public sealed interface RemoteExit {
    record Exited(int status) implements RemoteExit {}

    /** @param signal its name without {@code SIG}: {@code KILL} */
    record Signalled(String signal) implements RemoteExit {}

    /** The file server went away, or closed the channel and never said how the command ended. It is not known what was done. */
    record Lost(String why) implements RemoteExit {}
}
