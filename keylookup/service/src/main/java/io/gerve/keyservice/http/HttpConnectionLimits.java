package io.gerve.keyservice.http;

import io.gerve.config.IpNetwork;
import io.gerve.config.KeylookupSettings;
import io.gerve.connection.PendingConnections;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Limits on what the clients of the HTTP listener can take without a request that was received whole: time,
 * connections, and memory. All connections share them. Safe for use by many threads.
 */
public final class HttpConnectionLimits implements AutoCloseable {
    /** Part of the heap for the input of all requests that were not received whole. */
    private static final int HEAP_SHARE = 16;

    /** Bytes beyond the largest request that are read and dropped, so that its client can receive the response 413. */
    private static final int DROPPED_BYTES_MAX = 1024 * 1024;

    private final KeylookupSettings.Connections settings;
    private final long requestBytesMax;
    private final ClientAddressResolver addresses;
    private final HttpMetrics metrics;
    private final PendingConnections<IpNetwork> pending;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("http-timeouts").factory());

    public HttpConnectionLimits(KeylookupSettings settings, ClientAddressResolver addresses, HttpMetrics metrics) {
        this.settings = settings.connections();
        this.requestBytesMax = (long) settings.limits().bodyBytesMax() + DROPPED_BYTES_MAX;
        this.addresses = addresses;
        this.metrics = metrics;
        this.pending = PendingConnections.byAddress(
                this.settings.max(),
                this.settings.perAddressMax(),
                Runtime.getRuntime().maxMemory() / HEAP_SHARE);
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Reason for which the service closes a connection. */
    enum CloseReason {
        IDLE,
        REQUEST_TOO_SLOW,
        REQUEST_TOO_LARGE,
        RESPONSE_NOT_READ,
        CONNECTION_LIMIT
    }

    /**
     * Opens a connection that was accepted.
     *
     * @param closeSocket closes the socket and ends its reads and writes; may be run by any thread, and more than once
     */
    HttpConnection open(InetAddress peer, Runnable closeSocket) {
        return new HttpConnection(this, peer, closeSocket);
    }

    KeylookupSettings.Connections settings() {
        return settings;
    }

    long requestBytesMax() {
        return requestBytesMax;
    }

    ClientAddressResolver addresses() {
        return addresses;
    }

    /**
     * Counts a connection for a client or a proxy.
     *
     * @param evict closes the connection in favour of another one
     */
    PendingConnections<IpNetwork>.Entry count(InetAddress address, Runnable evict) {
        IpNetwork client = IpNetwork.ofClient(address);
        return addresses.isProxy(address)
                ? pending.addProxy(client, evict)
                : pending.add(IpNetwork.ofSite(address), client, evict);
    }

    ScheduledFuture<?> schedule(Duration delay, Runnable task) {
        return timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    void closed(CloseReason reason) {
        metrics.connectionClosed(reason);
    }

    /** Ends the timeouts. Must be called after the last connection has ended. May be called more than once. */
    @Override
    public void close() {
        timer.shutdownNow();
    }
}
