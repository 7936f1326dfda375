package io.gerve.cli;

import io.gerve.chimney.RouteTable;
import io.gerve.config.RedisSettings;
import io.gerve.lookup.Changes;
import io.gerve.lookup.RedisConnections;
import io.gerve.sql.Database;
import java.time.Clock;
import java.util.Optional;
import redis.clients.jedis.RedisClient;

/** The routes in Redis, which most commands do not touch. Used by one thread. */
final class RedisOnDemand implements AutoCloseable {
    private final RedisSettings settings;
    private Optional<RedisClient> client = Optional.empty();

    RedisOnDemand(RedisSettings settings) {
        this.settings = settings;
    }

    RouteTable routes(Database database, Changes gates) {
        RedisClient opened = client.orElseGet(() -> RedisConnections.client(settings));
        client = Optional.of(opened);
        return new RouteTable(database, opened, gates, Clock.systemUTC());
    }

    @Override
    public void close() {
        client.ifPresent(RedisClient::close);
    }
}
