package io.gerve.fileserver;

import io.gerve.routing.FileServerHost;
import java.io.OutputStream;
import java.util.Map;

/** Access to the file servers. Safe for use by many threads. */
public interface FileServers extends AutoCloseable {
    /**
     * Starts a command on a host.
     *
     * @param command canonical command of {@link io.gerve.git.RepositoryPath#command}
     * @param environment variables for the command; the host applies those that its sshd accepts
     * @param stdout written by one thread, which the stream may block for hours; an exception from the stream ends the
     *     command
     * @param stderr written by the same thread, under the same conditions
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
