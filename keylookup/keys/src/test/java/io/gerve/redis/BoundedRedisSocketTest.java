package io.gerve.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BoundedRedisSocketTest {
    private static final int TIMEOUT_MS = 500;

    /** The attack: a server that keeps a call waiting by sending a byte shortly before each read would time out. */
    @Test
    @Timeout(120)
    void replyThatArrivesByteByByteTimesOut() throws Exception {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                var server = listener.accept()) {
            client.setSoTimeout(TIMEOUT_MS);
            var sender = Thread.ofVirtual().start(() -> sendSlowly(server));
            try (var bounded = new BoundedRedisSocket(client)) {
                InputStream replies = bounded.getInputStream();
                assertThatThrownBy(replies::readAllBytes).isInstanceOf(SocketTimeoutException.class);
            } finally {
                sender.interrupt();
                sender.join();
            }
        }
    }

    @Test
    void eachReplyHasTheWholeTimeout() throws Exception {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                var server = listener.accept();
                var bounded = new BoundedRedisSocket(client)) {
            bounded.setSoTimeout(60_000);
            InputStream replies = bounded.getInputStream();
            server.getOutputStream().write("+a".getBytes(StandardCharsets.US_ASCII));
            assertThat(replies.readNBytes(2)).hasSize(2);
            server.getOutputStream().write("\r\n+b\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(replies.readNBytes(6)).hasSize(6);
            server.shutdownOutput();
            assertThat(replies.read()).isNegative();
            assertThat(client.getSoTimeout()).isEqualTo(60_000);
        }
    }

    private static void sendSlowly(Socket server) {
        try {
            server.getOutputStream().write('+');
            while (!Thread.currentThread().isInterrupted()) {
                server.getOutputStream().write('x');
                Thread.sleep(20);
            }
        } catch (IOException | InterruptedException _) {
            // The client has given up.
        }
    }
}
