package io.gerve.redis;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/**
 * Connected socket to Redis whose replies are bounded in size, and in time by the read timeout, however slowly their
 * bytes arrive. Over TLS, it needs a {@link DeadlineSocket} below the one that it is given.
 */
final class BoundedRedisSocket extends ForwardingSocket {
    private final BoundedReplies replies;
    /** Milliseconds, 0 for no limit. */
    private volatile int timeout;

    BoundedRedisSocket(Socket socket) throws IOException {
        super(socket);
        this.timeout = socket.getSoTimeout();
        this.replies = new BoundedReplies(socket.getInputStream());
    }

    @Override
    public InputStream getInputStream() {
        return new TimedReplies();
    }

    @Override
    public int getSoTimeout() {
        return timeout;
    }

    @Override
    public void setSoTimeout(int milliseconds) throws SocketException {
        socket().setSoTimeout(milliseconds);
        timeout = milliseconds;
    }

    /** Stream of which each read waits at most for what the current reply has left of the timeout. */
    private final class TimedReplies extends FilterInputStream {
        TimedReplies() {
            super(replies);
        }

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

        private void limitWait() throws IOException {
            if (timeout == 0) {
                return;
            }
            long left = timeout - replies.age().toMillis();
            if (left <= 0) {
                throw new SocketTimeoutException("Redis took longer than the timeout to send one reply");
            }
            socket().setSoTimeout(Math.toIntExact(left));
        }
    }
}
