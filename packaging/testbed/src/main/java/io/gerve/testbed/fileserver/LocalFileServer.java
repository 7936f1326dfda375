package io.gerve.testbed.fileserver;

import java.io.IOException;
import java.nio.file.Path;

/** Running file server on the loopback address. */
public interface LocalFileServer extends AutoCloseable {
    /** Returns the git user's home, which has the repositories. */
    FileServerHome home();

    /** Returns the port on 127.0.0.1. */
    int port();

    /** Returns the user as whom the gate logs in. */
    String user();

    /** Kills the server and all of its sessions at once, as a power failure does. */
    void kill() throws IOException, InterruptedException;

    /** Starts the server again after it was killed, with the same home, port and host key. */
    LocalFileServer startAgain() throws Exception;

    Path log();

    @Override
    void close();
}
