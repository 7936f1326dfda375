package io.gerve.redis;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * Connected socket whose read timeout limits all reads together, from the time at which it is set. It belongs below a
 * TLS socket: one read of that one reads until a whole record has arrived, for which a plain socket waits as often as
 * the peer sends a byte.
 */
final class DeadlineSocket extends ForwardingSocket {
    /** Milliseconds, 0 for no limit. */
    private volatile int timeout;

    private volatile long setAt;

    DeadlineSocket(Socket socket) throws IOException {
        super(socket);
        setSoTimeout(socket.getSoTimeout());
    }

    @Override
    public int getSoTimeout() {
        return timeout;
    }

    @Override
    public void setSoTimeout(int milliseconds) throws SocketException {
        super.setSoTimeout(milliseconds);
        setAt = System.nanoTime();
        timeout = milliseconds;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                limitWait();
                return super.read();
            }

            @Override
            public int read(byte[] buffer, int start, int length) throws IOException {
                limitWait();
                return super.read(buffer, start, length);
            }
        };
    }

    private void limitWait() throws IOException {
        if (timeout == 0) {
            return;
        }
        long left = timeout - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - setAt);
        if (left <= 0) {
            throw new SocketTimeoutException("the peer took longer than the timeout to send what is read at once");
        }
        socket().setSoTimeout(Math.toIntExact(left));
    }
}
