package io.gerve.testbed.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finder of unused TCP ports on the loopback address. */
public final class FreePort {
    private FreePort() {}

    /** Returns a free port that the kernel chooses, which avoids recently used ones. */
    public static int find() throws IOException {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        }
    }
}
