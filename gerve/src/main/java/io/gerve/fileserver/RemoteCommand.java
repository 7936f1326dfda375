package io.gerve.fileserver;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/** Git command that runs on a file server. */
public interface RemoteCommand extends AutoCloseable {
    /**
     * Returns the standard input of the command. A write blocks while the command does not read. Closing the stream
     * sends an end of file, after which the output continues. A write after the end of the command throws {@link
     * IOException}.
     */
    OutputStream stdin();

    /**
     * Waits without limit until the command ended and all its output was written to the streams given at its start.
     */
    RemoteExit await() throws InterruptedException;

    /** Waits like {@link #await()}, but no longer than the timeout. Returns empty if the command still runs. */
    Optional<RemoteExit> await(Duration timeout) throws InterruptedException;

    /**
     * Ends the command if it still runs, by closing its connection, and releases the session to the pool if it is
     * reusable. Does not block for long.
     */
    @Override
    void close();
}
