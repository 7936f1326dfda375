package io.gerve.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gerve.config.RedisSettings;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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

    /** The attack: over TLS, one read waits for a whole record, of which the server sends a byte now and then. */
    @Test
    @Timeout(120)
    void tlsRecordThatArrivesByteByByteTimesOut() throws Exception {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var sender = Thread.ofVirtual().start(() -> acceptAndSendSlowly(listener));
            var settings = new RedisSettings(
                    URI.create("rediss://127.0.0.1:" + listener.getLocalPort()), Duration.ofMillis(TIMEOUT_MS));
            try {
                assertThatThrownBy(() -> RedisClients.connect(
                                settings, RedisClients.config(settings).build()))
                        .rootCause()
                        .isInstanceOf(SocketTimeoutException.class);
            } finally {
                sender.interrupt();
                sender.join();
            }
        }
    }

    private static void acceptAndSendSlowly(ServerSocket listener) {
        try (var server = listener.accept()) {
            byte[] handshakeRecordOf16Kilobytes = {22, 3, 3, 0x3f, (byte) 0xff};
            server.getOutputStream().write(handshakeRecordOf16Kilobytes);
            sendSlowly(server);
        } catch (IOException _) {
            // The client has given up.
        }
    }

    /** The same after the handshake: each byte of the record began the wait anew. */
    @Test
    @Timeout(120)
    void tlsReplyThatArrivesByteByByteTimesOut(@TempDir Path folder) throws Exception {
        SSLSocketFactory tls = tls(folder);
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                var server = new SlowSocket(listener.accept())) {
            client.setSoTimeout(60_000);
            var serving = CompletableFuture.runAsync(() -> serve(tls, server));
            try (var layered = tls.createSocket(new DeadlineSocket(client), "127.0.0.1", client.getPort(), true);
                    var bounded = new BoundedRedisSocket(layered)) {
                InputStream replies = bounded.getInputStream();
                assertThat(replies.readNBytes(5)).isEqualTo("+OK\r\n".getBytes(StandardCharsets.US_ASCII));
                bounded.setSoTimeout(TIMEOUT_MS);
                server.isSlow = true;
                assertThatThrownBy(replies::read).isInstanceOf(SocketTimeoutException.class);
            }
            serving.exceptionally(_ -> null).join();
        }
    }

    /** Sends a reply, and a second one when the socket is slow. */
    private static void serve(SSLSocketFactory tls, SlowSocket socket) {
        try (var server = (SSLSocket) tls.createSocket(socket, null, true)) {
            server.getOutputStream().write("+OK\r\n".getBytes(StandardCharsets.US_ASCII));
            await().until(() -> socket.isSlow);
            server.getOutputStream().write("$1000\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException _) {
            // The client has given up.
        }
    }

    /** Returns TLS with a new key, which both ends have and trust. */
    private static SSLSocketFactory tls(Path folder) throws Exception {
        Path file = folder.resolve("keys.p12");
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "redis",
                        "-keyalg",
                        "ed25519",
                        "-dname",
                        "CN=redis",
                        "-storepass",
                        "password",
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance(file.toFile(), "password".toCharArray());
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "password".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("redis", store.getCertificate("redis"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    /** Socket that sends one byte at a time, with a pause, once it is slow. */
    private static final class SlowSocket extends ForwardingSocket {
        private volatile boolean isSlow;

        SlowSocket(Socket socket) {
            super(socket);
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int start, int length) throws IOException {
                    for (int i = start; i < start + length; i++) {
                        out.write(bytes[i]);
                        pauseIfSlow();
                    }
                }
            };
        }

        private void pauseIfSlow() throws IOException {
            try {
                Thread.sleep(isSlow ? 100 : 0);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    /** The attack: a server that reads nothing, so that a write waits for ever. */
    @Test
    void writeThatThePeerDoesNotTakeEnds() throws Exception {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var client = new DeadlineSocket(new Socket(listener.getInetAddress(), listener.getLocalPort()))) {
            client.setSoTimeout(300);
            byte[] bytes = new byte[64 << 20];
            assertThatThrownBy(() -> client.getOutputStream().write(bytes)).isInstanceOf(IOException.class);
        }
    }

    @Test
    @Timeout(120)
    void deadlineHoldsForAllReadsUntilItIsSetAgain() throws Exception {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                var server = listener.accept();
                var bounded = new DeadlineSocket(client)) {
            var sender = Thread.ofVirtual().start(() -> sendSlowly(server));
            InputStream in = bounded.getInputStream();
            bounded.setSoTimeout(TIMEOUT_MS);
            assertThatThrownBy(in::readAllBytes).isInstanceOf(SocketTimeoutException.class);
            bounded.setSoTimeout(60_000);
            assertThat(in.read()).isPositive();
            sender.interrupt();
            sender.join();
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
