package io.gerve.testbed.fileserver;

import java.nio.file.Path;

/** A running file server. */
public interface LocalFileServer extends AutoCloseable {
    /** What lies there: the git user's home, with the repositories. */
    FileServerHome home();

    /** On 127.0.0.1. */
    int port();

    /** Whom the gate logs in as. */
    String user();

    /** The server and all of its sessions, at once, as when the machine loses its power. */
    void kill();

    /** With the same home, port and host key, after it was killed. */
    LocalFileServer startAgain() throws Exception;

    Path log();

    @Override
    void close();
}
