package io.gerve.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.gerve.config.RedisSettings;
import io.gerve.sql.Truststore;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.sql.testing.TlsFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/** Tests of what the operator is told about each fault of Redis. */
class RedisFailureIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    @Test
    void missingAndWrongPasswordsAreExplained() throws Exception {
        try (var server = RunningRedis.start(folder.resolve("redis"))) {
            URI withPassword = URI.create("redis://:sesame@127.0.0.1:" + server.port());
            configure(server, "requirepass", "another");
            assertThat(fault(server.uri())).isEqualTo("Redis wants a password (NOAUTH): set redis.password_file");
            assertThat(fault(withPassword))
                    .isEqualTo("Redis refuses user or password (WRONGPASS): correct the password in the file of"
                            + " redis.password_file, or the user in redis.url");
            server.kill();
            assertThat(fault(withPassword))
                    .isEqualTo("nothing accepts connections at redis.url: start Redis, or correct redis.url");
        }
    }

    @Test
    void protectedModeIsExplained() throws Exception {
        Optional<InetAddress> other = otherAddress();
        Assumptions.assumeThat(other)
                .as("an address beside the loopback address")
                .isPresent();
        try (var server = RunningRedis.startInProtectedMode(folder.resolve("redis"))) {
            assertThat(fault(URI.create("redis://" + other.get().getHostAddress() + ":" + server.port())))
                    .isEqualTo("Redis is in protected mode and refuses other machines (DENIED): set requirepass in"
                            + " redis.conf and redis.password_file here");
        }
    }

    @Test
    void eachFaultOfTlsIsExplained() throws Exception {
        var trusted = Truststore.ofFile(TlsFiles.copy("authority.p12", folder), TlsFiles.PASSWORD);
        try (var server = new TlsServer(TlsFiles.copy("server.p12", folder))) {
            assertThat(fault(server.uri("127.0.0.1"), trusted)).doesNotContain("certificate", "TLS failed");
            assertThat(fault(server.uri("127.0.0.1"), new Truststore.OfJava()))
                    .isEqualTo("the certificate of the server is from an unknown authority: name a truststore that has"
                            + " the authority's certificate in redis.truststore");
            assertThat(fault(server.uri("localhost"), trusted))
                    .isEqualTo("the certificate of the server is for another name: name the server in redis.url as its"
                            + " certificate does");
        }
        try (var server = new TlsServer(TlsFiles.copy("expired.p12", folder))) {
            assertThat(fault(server.uri("127.0.0.1"), trusted))
                    .isEqualTo("the certificate of the server has expired: renew it on the server");
        }
    }

    private static String fault(URI url) {
        return fault(url, new Truststore.OfJava());
    }

    private static String fault(URI url, Truststore truststore) {
        try (RedisClient client = RedisClients.client(new RedisSettings(url, TIMEOUT, truststore))) {
            return RedisFailure.explain(catchThrowable(client::ping));
        }
    }

    private static void configure(RunningRedis server, String name, String value) {
        try (RedisClient client = RedisClients.client(new RedisSettings(server.uri(), TIMEOUT))) {
            client.configSet(name, value);
        }
    }

    private static Optional<InetAddress> otherAddress() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
    }

    /** Server that closes each connection after the handshake. */
    private static final class TlsServer implements AutoCloseable {
        private final SSLServerSocket socket;

        TlsServer(Path keyStore) throws Exception {
            char[] password = TlsFiles.PASSWORD.toCharArray();
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream file = Files.newInputStream(keyStore)) {
                keys.load(file, password);
            }
            var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            this.socket = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::serve);
        }

        private void serve() {
            while (!socket.isClosed()) {
                try (Socket client = socket.accept()) {
                    client.getInputStream().read();
                } catch (IOException _) {
                    // The client refused the certificate, or the test has ended.
                }
            }
        }

        URI uri(String host) {
            return URI.create("rediss://" + host + ":" + socket.getLocalPort());
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
