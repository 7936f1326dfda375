package io.gerve.agent;

import io.gerve.program.PrivateFiles;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The agent's Unix socket in its directory. Every account may connect; the agent checks the peer's account, which it
 * gets from the kernel.
 */
final class AgentSocket implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final Set<PosixFilePermission> EVERYBODY = PosixFilePermissions.fromString("rw-rw-rw-");

    private final Path path;
    private final ServerSocketChannel channel;

    private AgentSocket(Path path, ServerSocketChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Opens the socket and listens. A socket that a dead agent left behind is replaced.
     *
     * @throws IOException if another agent listens, or if another account could replace the socket with its own; the
     *     message says which
     */
    static AgentSocket open(Path folder, Path path) throws IOException {
        try {
            PrivateFiles.requireOwnFolder(folder);
        } catch (IOException e) {
            throw new IOException("agent.socket: " + e.getMessage(), e);
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            removeLeftover(path);
        }
        var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(path), BACKLOG);
            Files.setPosixFilePermissions(path, EVERYBODY);
            return new AgentSocket(path, channel);
        } catch (IOException e) {
            channel.close();
            throw new IOException("agent.socket: cannot listen at " + path + ": " + e.getMessage(), e);
        }
    }

    private static void removeLeftover(Path path) throws IOException {
        if (!Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException("agent.socket: " + path + " exists and is not a socket");
        }
        try (var other = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            var _ = other.connect(UnixDomainSocketAddress.of(path));
            throw new IOException("agent.socket: another agent listens at " + path);
        } catch (ConnectException _) {
            Files.delete(path);
        }
    }

    SocketChannel accept() throws IOException {
        return channel.accept();
    }

    /** Stops accepting connections. May be called twice. */
    @Override
    public void close() throws IOException {
        boolean wasOpen = channel.isOpen();
        channel.close();
        if (wasOpen) {
            Files.deleteIfExists(path);
        }
    }
}
