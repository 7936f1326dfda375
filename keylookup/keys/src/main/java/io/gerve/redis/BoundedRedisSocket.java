package io.gerve.redis;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/**
 * Connected socket to Redis whose replies are bounded in size, and in time by the read timeout, however slowly their
 * bytes arrive. It has what Jedis uses of a socket.
 */
final class BoundedRedisSocket extends Socket {
    private final Socket socket;
    private final BoundedReplies replies;
    /** Milliseconds, 0 for no limit. */
    private volatile int timeout;

    BoundedRedisSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.timeout = socket.getSoTimeout();
        this.replies = new BoundedReplies(socket.getInputStream());
    }

    @Override
    public InputStream getInputStream() {
        return new TimedReplies();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return socket.getOutputStream();
    }

    @Override
    public int getSoTimeout() {
        return timeout;
    }

    @Override
    public void setSoTimeout(int milliseconds) throws SocketException {
        socket.setSoTimeout(milliseconds);
        timeout = milliseconds;
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return socket.getLocalSocketAddress();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return socket.getRemoteSocketAddress();
    }

    @Override
    public boolean isBound() {
        return socket.isBound();
    }

    @Override
    public boolean isConnected() {
        return socket.isConnected();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public boolean isInputShutdown() {
        return socket.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return socket.isOutputShutdown();
    }

    @Override
    public void close() throws IOException {
        socket.close();
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
            socket.setSoTimeout(Math.toIntExact(left));
        }
    }
}
