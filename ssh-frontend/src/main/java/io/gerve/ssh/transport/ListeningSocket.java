package io.gerve.ssh.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/** Origin of the socket from which connections are accepted. */
public sealed interface ListeningSocket {
    /** Returns the socket, bound. */
    ServerSocketChannel open(SocketAddress address, int backlog) throws IOException;

    /** Returns whether the socket is closed when the last connection from it has been accepted. */
    boolean isClosedAfterUse();

    /** Socket that is bound to the address the server is configured with, and closed after use. */
    record Bound() implements ListeningSocket {
        @Override
        public ServerSocketChannel open(SocketAddress address, int backlog) throws IOException {
            ServerSocketChannel socket = ServerSocketChannel.open();
            try {
                socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                return socket.bind(address, backlog);
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        }

        @Override
        public boolean isClosedAfterUse() {
            return true;
        }
    }

    /**
     * Socket that was bound by another process, such as systemd or the gate's predecessor. The configured address is not used. The
     * socket becomes non-blocking, in every process that shares it.
     *
     * @param isClosedAfterUse must be false for the channel of {@link System#inheritedChannel()}, since closing that one redirects the
     *     descriptors 0 to 2 to {@code /dev/null}
     */
    record Adopted(ServerSocketChannel socket, boolean isClosedAfterUse) implements ListeningSocket {
        public Adopted {
            if (!socket.socket().isBound()) {
                throw new IllegalArgumentException("The adopted socket is not bound: " + socket);
            }
        }

        @Override
        public ServerSocketChannel open(SocketAddress address, int backlog) {
            return socket;
        }
    }
}
