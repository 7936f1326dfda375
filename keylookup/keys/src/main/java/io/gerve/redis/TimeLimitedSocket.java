package io.gerve.redis;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Connected socket whose read timeout limits several reads together. */
abstract class TimeLimitedSocket extends ForwardingSocket {
    /** Milliseconds, 0 for no limit. */
    private volatile int timeout;

    TimeLimitedSocket(Socket socket) throws IOException {
        super(socket);
        this.timeout = socket.getSoTimeout();
    }

    /** Returns the time that the current reads have taken together. */
    abstract Duration waited();

    @Override
    public InputStream getInputStream() throws IOException {
        return limited(super.getInputStream());
    }

    /** Returns the stream with reads that wait at most for what is left of the timeout. */
    final InputStream limited(InputStream stream) {
        return new FilterInputStream(stream) {
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

    @Override
    public int getSoTimeout() {
        return timeout;
    }

    @Override
    public void setSoTimeout(int milliseconds) throws SocketException {
        super.setSoTimeout(milliseconds);
        timeout = milliseconds;
    }

    private void limitWait() throws IOException {
        if (timeout == 0) {
            return;
        }
        long left = timeout - waited().toMillis();
        if (left <= 0) {
            throw new SocketTimeoutException("Redis took longer than the timeout to send one reply");
        }
        super.setSoTimeout(Math.toIntExact(left));
    }
}
