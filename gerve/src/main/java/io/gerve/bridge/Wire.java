package io.gerve.bridge;

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
 * has been silent.
 */
final class Wire implements SocketFactory {
    /** A packet is read in two steps, its length and then the rest: this makes one system call of several packets. */
    private static final int READ_AHEAD_BYTES = 128 * 1024;

    private final Socket socket = new Socket();
    private final Duration connectTimeout;
    private volatile boolean reading;
    private volatile long readingSince;

    Wire(Duration connectTimeout) {
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
        return new BufferedInputStream(new Listening(socket.getInputStream()), READ_AHEAD_BYTES);
    }

    @Override
    public OutputStream getOutputStream(Socket socket) throws IOException {
        return socket.getOutputStream();
    }

    /** How long a read has been waiting; nothing while nobody reads, since a silence that nobody listens to tells nothing. */
    Duration silence() {
        return reading ? Duration.ofNanos(System.nanoTime() - readingSince) : Duration.ZERO;
    }

    boolean isBeingRead() {
        return reading;
    }

    /** Ends every read and write at once. Never blocks. */
    void cut() {
        try {
            socket.close();
        } catch (IOException _) {
            // There is nothing left to lose.
        }
    }

    private final class Listening extends InputStream {
        private final InputStream in;

        Listening(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int start, int length) throws IOException {
            readingSince = System.nanoTime();
            reading = true;
            try {
                return in.read(bytes, start, length);
            } finally {
                reading = false;
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
}
