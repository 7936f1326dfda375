package io.gerve.ssh.transport;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/** Options of every client's socket. */
final class SocketOptions {
    /** The host of a client that is gone is noticed after KEEP_IDLE + KEEP_COUNT * KEEP_INTERVAL seconds: three minutes. */
    private static final int KEEP_IDLE = 60;

    private static final int KEEP_INTERVAL = 15;
    private static final int KEEP_COUNT = 8;

    private SocketOptions() {}

    static void applyTo(SocketChannel socket) throws IOException {
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_IDLE);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_INTERVAL);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_COUNT);
        }
    }
}
