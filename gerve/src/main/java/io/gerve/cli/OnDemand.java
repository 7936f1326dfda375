package io.gerve.cli;

import io.gerve.bridge.FileServerPool;
import io.gerve.bridge.FileServerUnavailable;
import io.gerve.bridge.FileServers;
import io.gerve.bridge.RemoteCommand;
import io.gerve.chimney.FileServerHost;
import io.gerve.config.BridgeSettings;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;

/** The file servers, to which most commands never go: the private key is read and a session opened when a command first does. */
final class OnDemand implements FileServers {
    private final BridgeSettings settings;
    private Optional<FileServerPool> pool = Optional.empty();

    OnDemand(BridgeSettings settings) {
        // None ahead: a command goes to a host once or twice.
        this.settings = settings.keepingReady(0);
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
        return opened().start(host, command, environment, stdout, stderr);
    }

    @Override
    public void close() {
        pool.ifPresent(FileServerPool::close);
    }

    private FileServerPool opened() {
        FileServerPool opened = pool.orElseGet(() -> new FileServerPool(settings));
        pool = Optional.of(opened);
        return opened;
    }
}
