package io.gerve.redis;

import io.gerve.config.RedisSettings;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.util.JedisURIHelper;

/** Redis clients whose every wait is bounded by the configured timeout. */
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
        return RedisClient.builder()
                .hostAndPort(address(settings))
                .clientConfig(config(settings).build())
                .poolConfig(pool)
                .build();
    }

    public static HostAndPort address(RedisSettings settings) {
        int port = settings.url().getPort();
        return new HostAndPort(settings.url().getHost(), port < 0 ? DEFAULT_PORT : port);
    }

    public static DefaultJedisClientConfig.Builder config(RedisSettings settings) {
        var config = DefaultJedisClientConfig.builder()
                .timeoutMillis(Math.toIntExact(settings.timeout().toMillis()))
                .user(JedisURIHelper.getUser(settings.url()))
                .password(JedisURIHelper.getPassword(settings.url()))
                .database(JedisURIHelper.getDBIndex(settings.url()))
                .clientName("gerve");
        return JedisURIHelper.isRedisSSLScheme(settings.url()) ? config.sslOptions(SslOptions.defaults()) : config;
    }
}
