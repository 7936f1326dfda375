package io.gerve.keyservice.http;

import io.gerve.config.IpNetwork;
import io.gerve.connection.PendingConnections;
import io.gerve.keyservice.http.HttpConnectionLimits.CloseReason;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connection of the HTTP listener. Unless a request is running, it has a deadline and counts against the limits of its
 * client. All methods are called by the thread of the connection; other threads only close the socket.
 */
final class HttpConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

    /** What a read costs in memory in addition to its bytes: clients can send each byte in a packet of its own. */
    private static final int READ_OVERHEAD_BYTES = 64;

    private final HttpConnectionLimits limits;
    private final InetAddress peer;
    private final Runnable closeSocket;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private InetAddress client;
    private PendingConnections<IpNetwork>.Entry place;
    private ScheduledFuture<?> deadline;
    private long buffered;

    HttpConnection(HttpConnectionLimits limits, InetAddress peer, Runnable closeSocket) {
        this.limits = limits;
        this.peer = peer;
        this.closeSocket = closeSocket;
        this.client = peer;
        this.place = count();
        this.deadline = schedule(limits.settings().requestTimeout(), CloseReason.IDLE);
    }

    /** Records a read of the socket. The first one after a response begins the time of a request. */
    void received(int bytes) {
        if (buffered == 0) {
            restart(limits.settings().requestTimeout(), CloseReason.REQUEST_TOO_SLOW);
        }
        buffered += bytes + READ_OVERHEAD_BYTES;
        if (buffered > limits.requestBytesMax()) {
            cut(CloseReason.REQUEST_TOO_LARGE);
        } else {
            report();
        }
    }

    /** Records that the client closed the connection or that reading failed. */
    void ended() {
        if (buffered > 0 && !isClosed.get()) {
            LOG.atDebug()
                    .addKeyValue("client", client.getHostAddress())
                    .addKeyValue("buffered_bytes", buffered)
                    .log("client went away before its request was received whole");
        }
    }

    /** Records the headers of the request. From now on, a connection of a proxy counts for the proxy's client. */
    void headersReceived(HttpRequest request) {
        countFor(limits.addresses().of(request));
    }

    /** Records that the request was received whole. It runs without a deadline of the connection. */
    void requestReceived() {
        deadline.cancel(false);
    }

    /** Ends the counting until the response is sent, since the number of running requests has its own limit. */
    void uncount() {
        place.close();
    }

    /** Records that the response is about to be sent. */
    void responding() {
        buffered = 0;
        place.close();
        place = count();
        restart(limits.settings().requestTimeout(), CloseReason.RESPONSE_NOT_READ);
    }

    /** Records that the response was sent. The connection waits for another request. */
    void responded() {
        countFor(peer);
        restart(limits.settings().idleTimeout(), CloseReason.IDLE);
    }

    /** Ends the deadline and the counting. Does not close the socket. */
    @Override
    public void close() {
        deadline.cancel(false);
        place.close();
    }

    private void countFor(InetAddress address) {
        if (!address.equals(client)) {
            client = address;
            place.close();
            place = count();
            report();
        }
    }

    private void report() {
        place.buffered(Math.clamp(buffered, 0, Integer.MAX_VALUE));
    }

    private PendingConnections<IpNetwork>.Entry count() {
        return limits.count(client, () -> cut(CloseReason.CONNECTION_LIMIT));
    }

    private void restart(Duration time, CloseReason reason) {
        deadline.cancel(false);
        deadline = schedule(time, reason);
    }

    private ScheduledFuture<?> schedule(Duration time, CloseReason reason) {
        return limits.schedule(time, () -> cut(reason));
    }

    private void cut(CloseReason reason) {
        if (isClosed.compareAndSet(false, true)) {
            LOG.atDebug()
                    .addKeyValue("peer", peer.getHostAddress())
                    .addKeyValue("reason", reason)
                    .log("HTTP connection closed");
            limits.closed(reason);
            closeSocket.run();
        }
    }
}
