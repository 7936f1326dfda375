package io.gerve.fileserver;

/** End of a remote command (RFC 4254, section 6.10). */
public sealed interface RemoteExit {
    record Exited(int status) implements RemoteExit {}

    /** @param signal name of the signal without {@code SIG}: {@code KILL} */
    record Signalled(String signal) implements RemoteExit {}

    /**
     * The connection was lost, or the channel was closed without an exit status. The effects of the command are
     * unknown.
     */
    record Lost(String why) implements RemoteExit {}
}
