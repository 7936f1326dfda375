package io.gerve.sql.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the servers of one JVM put what nobody keeps. */
final class Scratch {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long BYTES_FREE_MIN = 1L << 30;

    private Scratch() {}

    /** In memory if there is a gibibyte to spare: a database on tmpfs does not wait for the disk. */
    static Path directory(String prefix) throws IOException {
        if (Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > BYTES_FREE_MIN) {
            return Files.createTempDirectory(MEMORY, prefix);
        }
        return Files.createTempDirectory(prefix);
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
