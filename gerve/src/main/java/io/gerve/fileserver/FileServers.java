package io.gerve.fileserver;

import io.gerve.routing.FileServerHost;
import java.io.OutputStream;
import java.util.Map;

/** The way to the file servers. Safe for use by many threads. */
public interface FileServers extends AutoCloseable {
    /**
     * Starts a command on a host.
     *
     * @param command the canonical command, of {@link io.gerve.git.RepositoryPath#command}
     * @param environment variables for the command; the host takes those that its sshd accepts
     * @param stdout is written by one thread, which may be blocked by it for hours; an exception from it ends the command
     * @param stderr likewise, by the same thread
     * @throws FileServerUnavailable if nothing was started, so that another host may be tried
     */
    RemoteCommand start(
            FileServerHost host,
            String command,
            Map<String, String> environment,
            OutputStream stdout,
            OutputStream stderr)
            throws FileServerUnavailable, InterruptedException;

    @Override
    void close();
}
