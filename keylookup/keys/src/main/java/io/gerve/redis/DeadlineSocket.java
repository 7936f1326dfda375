package io.gerve.redis;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connected socket whose read timeout limits all reads together, from the time at which it is set, and each write. It
 * belongs below a TLS socket: one read of that one reads until a whole record has arrived, for which a plain socket waits
 * as often as the peer sends a byte. Java has no timeout for writes, so a write that takes too long closes the socket.
 */
final class DeadlineSocket extends TimeLimitedSocket {
    private static final Logger LOG = LoggerFactory.getLogger(DeadlineSocket.class);
    private static final ScheduledThreadPoolExecutor WRITE_TIMEOUTS = writeTimeouts();

    private volatile long setAt = System.nanoTime();

    DeadlineSocket(Socket socket) throws IOException {
        super(socket);
    }

    @Override
    public void setSoTimeout(int milliseconds) throws SocketException {
        setAt = System.nanoTime();
        super.setSoTimeout(milliseconds);
    }

    private static ScheduledThreadPoolExecutor writeTimeouts() {
        var timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("redis-write-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int start, int length) throws IOException {
                int timeout = getSoTimeout();
                if (timeout == 0) {
                    out.write(bytes, start, length);
                    return;
                }
                ScheduledFuture<?> limit =
                        WRITE_TIMEOUTS.schedule(DeadlineSocket.this::abort, timeout, TimeUnit.MILLISECONDS);
                try {
                    out.write(bytes, start, length);
                } finally {
                    limit.cancel(false);
                }
            }
        };
    }

    private void abort() {
        try {
            close();
        } catch (IOException e) {
            LOG.debug("Cannot close a connection to Redis that takes no bytes", e);
        }
    }

    @Override
    Duration waited() {
        return Duration.ofNanos(System.nanoTime() - setAt);
    }
}
