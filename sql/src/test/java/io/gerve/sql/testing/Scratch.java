package io.gerve.sql.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Temporary directories and free ports for the servers of one JVM. */
final class Scratch {
    private static final Path TMPFS = Path.of("/dev/shm");
    private static final long FREE_BYTES_MIN = 1L << 30;

    private Scratch() {}

    /**
     * Creates a temporary directory, on tmpfs if more than 1 GiB is free there. A database on tmpfs does not wait for
     * the disk.
     */
    static Path directory(String prefix) throws IOException {
        if (Files.isWritable(TMPFS) && Files.getFileStore(TMPFS).getUsableSpace() > FREE_BYTES_MIN) {
            return Files.createTempDirectory(TMPFS, prefix);
        }
        return Files.createTempDirectory(prefix);
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
