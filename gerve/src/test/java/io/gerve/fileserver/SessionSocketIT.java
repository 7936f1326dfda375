package io.gerve.fileserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class SessionSocketIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** While a write is blocked JSch may block its own reader, so that no read reveals the state of the host. */
    @Test
    void blockedWriteIsDetectedAndCut() throws Exception {
        var sessionSocket = new SessionSocket(TIMEOUT);
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var socket = sessionSocket.createSocket("127.0.0.1", listener.getLocalPort());
                var out = sessionSocket.getOutputStream(socket);
                var peer = listener.accept()) {
            var writer = Thread.ofVirtual().start(() -> writeUntilCut(out));
            var read = peer.getInputStream().readNBytes(1_000_000);
            assertThat(read).hasSize(1_000_000);

            await().until(() -> sessionSocket.isStuck(Duration.ofSeconds(1)));
            assertThat(sessionSocket.isPeerReading()).isFalse();

            sessionSocket.cut();
            writer.join();
            assertThat(sessionSocket.isStuck(Duration.ZERO)).isFalse();
        }
    }

    private static void writeUntilCut(OutputStream out) {
        var chunk = new byte[32 * 1024];
        try {
            while (true) {
                out.write(chunk);
            }
        } catch (IOException _) {
            // The test cut the socket.
        }
    }
}
