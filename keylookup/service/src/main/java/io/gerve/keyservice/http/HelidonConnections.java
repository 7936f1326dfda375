package io.gerve.keyservice.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/**
 * Helidon's HTTP connections, each with the limits of an {@link HttpConnection}. Helidon itself has no timeout for
 * reading a request, none for writing a response, and no limit on the connections of one client.
 */
final class HelidonConnections implements ServerConnectionSelector {
    /** The connection whose thread this is. */
    static final ScopedValue<HttpConnection> CURRENT = ScopedValue.newInstance();

    private final ServerConnectionSelector http;
    private final HttpConnectionLimits connections;

    HelidonConnections(ServerConnectionSelector http, HttpConnectionLimits connections) {
        this.http = http;
        this.connections = connections;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        HelidonSocket socket = context.serverSocket();
        var counted = new CountedContext(context, DataReader.create(() -> read(socket)));
        return new LimitedConnection(http.connection(counted), connections, socket);
    }

    /** Returns the address of the other end of the connection, which may be a proxy. */
    static InetAddress address(PeerInfo peer) {
        return peer.address() instanceof InetSocketAddress socket && socket.getAddress() != null
                ? socket.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    /** Helidon would report the end of the input within a request, and a failure to read, as an internal error. */
    private static byte[] read(HelidonSocket socket) {
        try {
            byte[] bytes = socket.get();
            if (bytes != null) {
                CURRENT.get().received(bytes.length);
                return bytes;
            }
        } catch (UncheckedIOException e) {
            CURRENT.get().ended();
            throw new CloseConnectionException("cannot read from the connection", e);
        }
        CURRENT.get().ended();
        throw new CloseConnectionException("the client has closed the connection");
    }

    /** Connection that is registered with its limits while Helidon handles it. */
    private record LimitedConnection(ServerConnection http, HttpConnectionLimits connections, HelidonSocket socket)
            implements ServerConnection, InterruptableTask<Void> {
        @Override
        public void handle(Limit requests) throws InterruptedException {
            try (var connection = connections.open(address(socket.remotePeer()), this::closeSocket)) {
                ScopedValue.where(CURRENT, connection).call(() -> {
                    http.handle(requests);
                    return connection;
                });
            }
        }

        private void closeSocket() {
            try {
                socket.close();
            } catch (UncheckedIOException _) {
                // The client has closed the connection, so that the thread which uses it knows already.
            }
        }

        @Override
        public Duration idleTime() {
            return http.idleTime();
        }

        @Override
        public void close(boolean isInterrupting) {
            http.close(isInterrupting);
        }

        @Override
        public boolean canInterrupt() {
            return http instanceof InterruptableTask<?> task && task.canInterrupt();
        }
    }

    /** Context of a connection with another reader. */
    private record CountedContext(ConnectionContext context, DataReader dataReader) implements ConnectionContext {
        @Override
        public ListenerContext listenerContext() {
            return context.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return context.executor();
        }

        @Override
        public DataWriter dataWriter() {
            return context.dataWriter();
        }

        @Override
        public Router router() {
            return context.router();
        }

        @Override
        public HelidonSocket serverSocket() {
            return context.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return context.remotePeer();
        }

        @Override
        public PeerInfo localPeer() {
            return context.localPeer();
        }

        @Override
        public boolean isSecure() {
            return context.isSecure();
        }

        @Override
        public String socketId() {
            return context.socketId();
        }

        @Override
        public String childSocketId() {
            return context.childSocketId();
        }
    }
}
