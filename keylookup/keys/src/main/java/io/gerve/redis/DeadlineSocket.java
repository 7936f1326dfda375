package io.gerve.redis;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;

/**
 * Connected socket whose read timeout limits all reads together, from the time at which it is set. It belongs below a
 * TLS socket: one read of that one reads until a whole record has arrived, for which a plain socket waits as often as
 * the peer sends a byte.
 */
final class DeadlineSocket extends TimeLimitedSocket {
    private volatile long setAt = System.nanoTime();

    DeadlineSocket(Socket socket) throws IOException {
        super(socket);
    }

    @Override
    public void setSoTimeout(int milliseconds) throws SocketException {
        setAt = System.nanoTime();
        super.setSoTimeout(milliseconds);
    }

    @Override
    Duration waited() {
        return Duration.ofNanos(System.nanoTime() - setAt);
    }
}
