package io.gerve.fileserver;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/** A git command that runs on a file server. */
public interface RemoteCommand extends AutoCloseable {
    /**
     * The command's standard input. Writing blocks while the command does not read; closing it is the command's end of file, after
     * which its output goes on. A write after the command ended throws {@link IOException}.
     */
    OutputStream stdin();

    /** Waits, as long as it takes, until the command ended and all of its output was written to the streams given at its start. */
    RemoteExit await() throws InterruptedException;

    /** As {@link #await()}, but no longer than this. @return empty if it goes on */
    Optional<RemoteExit> await(Duration longest) throws InterruptedException;

    /** Ends it if it still runs, by closing its connection, and gives the session back to the pool if it can serve again. Never blocks for long. */
    @Override
    void close();
}
