package io.gerve.redis;

import io.gerve.config.RedisSettings;
import io.gerve.sql.Truststore;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
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
 * complete within the same time again. Over TLS, a record of which only a part has arrived is bounded by the wait for
 * each of its bytes alone.
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
        var unbounded = new DefaultJedisSocketFactory(address, config);
        return () -> {
            Socket socket = unbounded.createSocket();
            try {
                return new BoundedRedisSocket(socket);
            } catch (IOException e) {
                throw new JedisConnectionException(e);
            }
        };
    }

    public static DefaultJedisClientConfig.Builder config(RedisSettings settings) {
        var config = DefaultJedisClientConfig.builder()
                .timeoutMillis(Math.toIntExact(settings.timeout().toMillis()))
                .user(JedisURIHelper.getUser(settings.url()))
                .password(JedisURIHelper.getPassword(settings.url()))
                .database(JedisURIHelper.getDBIndex(settings.url()))
                .clientName("gerve");
        return JedisURIHelper.isRedisSSLScheme(settings.url()) ? config.sslOptions(tls(settings.truststore())) : config;
    }

    private static SslOptions tls(Truststore truststore) {
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
