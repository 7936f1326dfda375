package io.gerve.cli.fileserver;

import io.gerve.config.FileServerSettings;
import io.gerve.fileserver.FileServerPool;
import io.gerve.fileserver.FileServerUnavailable;
import io.gerve.fileserver.FileServers;
import io.gerve.fileserver.RemoteCommand;
import io.gerve.routing.FileServerHost;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;

/**
 * File servers whose private key is read, and whose sessions are opened, on first use. Most commands use none. Safe for
 * use by many threads.
 */
public final class LazyFileServers implements FileServers {
    private final FileServerSettings settings;
    private Optional<FileServerPool> pool = Optional.empty();

    public LazyFileServers(FileServerSettings settings) {
        // No idle sessions: a command uses a host once or twice.
        this.settings = settings.withMinIdle(0);
    }

    /** @throws IllegalArgumentException if the private key in the settings cannot be read or used */
    @Override
    public RemoteCommand start(
            FileServerHost host,
            String command,
            Map<String, String> environment,
            OutputStream stdout,
            OutputStream stderr)
            throws FileServerUnavailable, InterruptedException {
        return pool().start(host, command, environment, stdout, stderr);
    }

    @Override
    public synchronized void close() {
        pool.ifPresent(FileServerPool::close);
    }

    private synchronized FileServerPool pool() {
        FileServerPool created = pool.orElseGet(() -> new FileServerPool(settings, new CompositeMeterRegistry()));
        pool = Optional.of(created);
        return created;
    }
}
