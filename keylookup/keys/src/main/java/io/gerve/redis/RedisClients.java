package io.gerve.redis;

import io.gerve.config.RedisSettings;
import io.gerve.sql.Truststore;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.providers.PooledConnectionProvider;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * Redis clients whose replies are bounded in size and in time: a reply must begin within the configured timeout, and be
 * complete within the same time again. So must the handshake of TLS, and each of its records.
 */
public final class RedisClients {
    private static final int CONNECTIONS_MAX = 16;
    private static final int DEFAULT_PORT = 6379;

    private RedisClients() {}

    /**
     * Creates a client without opening a connection, so that it returns even while Redis is down. The caller closes it.
     */
    public static RedisClient client(RedisSettings settings) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(CONNECTIONS_MAX);
        pool.setMaxIdle(CONNECTIONS_MAX);
        pool.setMaxWait(settings.timeout());
        // Its failures would be logged by the client, with the text of the reply. A broken connection fails when it is
        // used.
        pool.setTestWhileIdle(false);
        // Nobody reads them, and they load the management classes of Java.
        pool.setJmxEnabled(false);
        JedisClientConfig config = config(settings).build();
        return RedisClient.builder()
                .connectionProvider(
                        new PooledConnectionProvider(new ConnectionFactory(sockets(settings, config), config), pool))
                .build();
    }

    /** Returns an open connection. The caller closes it. */
    public static Connection connect(RedisSettings settings, JedisClientConfig config) {
        return new Connection(sockets(settings, config), config);
    }

    private static JedisSocketFactory sockets(RedisSettings settings, JedisClientConfig config) {
        int port = settings.url().getPort();
        var address = new HostAndPort(settings.url().getHost(), port < 0 ? DEFAULT_PORT : port);
        boolean isTls = JedisURIHelper.isRedisSSLScheme(settings.url());
        var plain = new DefaultJedisSocketFactory(address, config);
        return () -> {
            Socket socket = plain.createSocket();
            try {
                Socket limited = new DeadlineSocket(socket);
                return new BoundedRedisSocket(isTls ? tls(limited, address, settings.truststore()) : limited);
            } catch (IOException e) {
                closeAfter(e, socket);
                throw new JedisConnectionException(e);
            }
        };
    }

    /** Returns a socket whose peer has proved, with a certificate that is trusted, to be this host. */
    private static Socket tls(Socket socket, HostAndPort address, Truststore truststore) throws IOException {
        try {
            var tls = (SSLSocket) options(truststore)
                    .createSslContext()
                    .getSocketFactory()
                    .createSocket(socket, address.getHost(), address.getPort(), true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            return tls;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS is not available", e);
        }
    }

    private static void closeAfter(IOException failure, Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    public static DefaultJedisClientConfig.Builder config(RedisSettings settings) {
        return DefaultJedisClientConfig.builder()
                .timeoutMillis(Math.toIntExact(settings.timeout().toMillis()))
                .user(JedisURIHelper.getUser(settings.url()))
                .password(JedisURIHelper.getPassword(settings.url()))
                .database(JedisURIHelper.getDBIndex(settings.url()))
                .clientName("gerve");
    }

    private static SslOptions options(Truststore truststore) {
        return switch (truststore) {
            case Truststore.OfJava() -> SslOptions.defaults();
            case Truststore.OfFile(Path file, String password) ->
                SslOptions.builder()
                        .truststore(file.toFile(), password.toCharArray())
                        .sslVerifyMode(SslVerifyMode.FULL)
                        .build();
        };
    }
}
