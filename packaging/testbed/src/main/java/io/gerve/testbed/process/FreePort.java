package io.gerve.testbed.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** A TCP port of the loopback address that nothing uses. */
public final class FreePort {
    private FreePort() {}

    /** Asks the kernel, which hands out a port that it has not handed out for long. */
    public static int find() throws IOException {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        }
    }
}
