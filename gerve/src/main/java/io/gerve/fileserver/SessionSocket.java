package io.gerve.fileserver;

import com.jcraft.jsch.SocketFactory;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/**
 * Socket of one session. Any thread can cut it at any time, even during the connect. It measures how long a read or a
 * write has been blocked.
 *
 * <p>sshd reads its socket even while its command does not read: the channel window limits what it has to buffer. JSch
 * waits for the window before a write, not in it. A write that stays blocked therefore indicates a host that is gone,
 * not a slow command. A client that pauses does not block a write either.
 */
final class SessionSocket implements SocketFactory {
    /**
     * Buffer size for reads. JSch reads each packet in two steps, length and rest; the buffer covers several packets
     * with one system call.
     */
    private static final int READ_AHEAD_BYTES = 128 * 1024;

    private final Socket socket = new Socket();
    private final Duration connectTimeout;
    private final BlockedTime read = new BlockedTime();
    private final BlockedTime write = new BlockedTime();

    SessionSocket(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        socket.setKeepAlive(true);
        socket.connect(new InetSocketAddress(host, port), Math.toIntExact(connectTimeout.toMillis()));
        return socket;
    }

    @Override
    public InputStream getInputStream(Socket socket) throws IOException {
        return new BufferedInputStream(new Input(socket.getInputStream()), READ_AHEAD_BYTES);
    }

    @Override
    public OutputStream getOutputStream(Socket socket) throws IOException {
        return new Output(socket.getOutputStream());
    }

    /**
     * Returns whether a read or a write has been blocked for longer than the limit. Silence while no read is in
     * progress means nothing: a client may block the reader, or JSch's lock on the channel, which is held during a
     * write.
     */
    boolean isStuck(Duration max) {
        return read.isLongerThan(max) || write.isLongerThan(max);
    }

    boolean isPeerReading() {
        return read.isBlocked();
    }

    /** Closes the socket, which ends every read and write at once. Never blocks. */
    void cut() {
        try {
            socket.close();
        } catch (IOException _) {
            // The connection is given up anyway.
        }
    }

    private final class Input extends InputStream {
        private final InputStream in;

        Input(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int start, int length) throws IOException {
            read.begin();
            try {
                return in.read(bytes, start, length);
            } finally {
                read.end();
            }
        }

        @Override
        public int available() throws IOException {
            return in.available();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private final class Output extends OutputStream {
        private final OutputStream out;

        Output(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int start, int length) throws IOException {
            write.begin();
            try {
                out.write(bytes, start, length);
            } finally {
                write.end();
            }
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /**
     * Time for which one thread has been blocked, since JSch reads and writes on one thread at a time. Any thread may
     * query it.
     */
    private static final class BlockedTime {
        private volatile boolean blocked;
        private volatile long since;

        void begin() {
            since = System.nanoTime();
            blocked = true;
        }

        void end() {
            blocked = false;
        }

        boolean isBlocked() {
            return blocked;
        }

        boolean isLongerThan(Duration max) {
            return blocked && System.nanoTime() - since > max.toNanos();
        }
    }
}
