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
 * The socket under one session. It can be cut by any thread at any time, also while it connects, and knows for how long the far end
 * has neither sent nor taken a byte.
 *
 * <p>sshd reads its socket all the time, also while its command does not read: the channel's window bounds what it has to keep of that,
 * and JSch waits for the window before it writes, not in a write. So a write that stays blocked tells of a host that is gone, and not of
 * a slow command; neither does a client that pauses hold up a write.
 */
final class SessionSocket implements SocketFactory {
    /** A packet is read in two steps, its length and then the rest: this makes one system call of several packets. */
    private static final int READ_AHEAD_BYTES = 128 * 1024;

    private final Socket socket = new Socket();
    private final Duration connectTimeout;
    private final BlockedSince read = new BlockedSince();
    private final BlockedSince write = new BlockedSince();

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
     * Whether one read or one write has been waiting for longer. A silence that nobody listens to tells nothing: the reader may be held
     * up by a client, or by JSch's lock on the channel, which is held during a write.
     */
    boolean isStuck(Duration waitMax) {
        return read.isLongerThan(waitMax) || write.isLongerThan(waitMax);
    }

    boolean isPeerReading() {
        return read.isBlocked();
    }

    /** Ends every read and write at once. Never blocks. */
    void cut() {
        try {
            socket.close();
        } catch (IOException _) {
            // There is nothing left to lose.
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

    /** Of one thread at a time, as JSch reads and writes; any may ask how long it is. */
    private static final class BlockedSince {
        private volatile boolean on;
        private volatile long since;

        void begin() {
            since = System.nanoTime();
            on = true;
        }

        void end() {
            on = false;
        }

        boolean isBlocked() {
            return on;
        }

        boolean isLongerThan(Duration max) {
            return on && System.nanoTime() - since > max.toNanos();
        }
    }
}
