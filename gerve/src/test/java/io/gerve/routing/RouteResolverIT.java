package io.gerve.routing;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gerve.config.CacheSettings;
import io.gerve.config.RedisSettings;
import io.gerve.invalidation.RedisInvalidationBus;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.redis.RedisClients;
import io.gerve.sql.Database;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/** Route resolution of two gates and an operator, with caches, Redis, MariaDB and the invalidation bus. */
class RouteResolverIT {
    private static final Login OWNER = new Login("mojombo");
    private static final CacheSettings CACHE =
            new CacheSettings(Duration.ofSeconds(60), Duration.ofMinutes(10), 1000, Duration.ofSeconds(1), 16);

    @Test
    void failoverTakesEffectAtEveryGate(@TempDir Path home) throws Exception {
        try (var site = new Site(home);
                var one = site.newGate();
                var two = site.newGate()) {
            assertThat(one.activeHost()).isEqualTo("fs3a");
            assertThat(two.activeHost()).isEqualTo("fs3a");

            site.routes.failover("fs3");

            await().untilAsserted(() -> assertThat(one.activeHost()).isEqualTo("fs3b"));
            await().untilAsserted(() -> assertThat(two.activeHost()).isEqualTo("fs3b"));
        }
    }

    @Test
    void routeIsKnownWithoutRedisAndThenWithoutDatabase(@TempDir Path home) throws Exception {
        try (var site = new Site(home);
                var gate = site.newGate()) {
            assertThat(gate.activeHost()).isEqualTo("fs3a");
            site.redisServer.kill();
            await().until(() -> !gate.invalidations.isConnected());
            assertThat(site.routes.failover("fs3").propagation()).isEqualTo(Propagation.DATABASE_ONLY);
            assertThat(gate.activeHost()).isEqualTo("fs3b");

            site.mariaDb.freeze();
            assertThat(gate.activeHost()).isEqualTo("fs3b");
            assertThatThrownBy(() -> gate.resolver.routeTo(new Login("tom"))).isInstanceOf(LookupUnavailable.class);

            site.redisServer.restart();
            await().until(gate.invalidations::isConnected);
            assertThat(gate.activeHost()).isEqualTo("fs3b");
        }
    }

    /**
     * One MariaDB, one Redis, an account that is routed to a server with two hosts, and the route service of the
     * operator.
     */
    private static final class Site implements AutoCloseable {
        private final RunningMariaDb mariaDb;
        private final RunningRedis redisServer;
        private final Database database;
        private final RedisClient redis;
        private final RedisInvalidationBus invalidations;
        private final RouteService routes;

        private Site(Path home) throws Exception {
            mariaDb = RunningMariaDb.start(home.resolve("mariadb"));
            redisServer = RunningRedis.start(home.resolve("redis"));
            database = new Database(mariaDb.newMigratedDatabase());
            redis = RedisClients.client(settings());
            invalidations = new RedisInvalidationBus(settings());
            routes = new RouteService(
                    database, new RedisRouteStore(redis), invalidations, InstantSource.system(), TestHosts.OPERATOR);
            database.sql()
                    .insertInto(ACCOUNTS)
                    .set(ACCOUNTS.LOGIN, OWNER.text())
                    .set(ACCOUNTS.KIND, "user")
                    .set(ACCOUNTS.CREATED_AT, Instant.EPOCH)
                    .execute();
            routes.addServer("fs3", TestHosts.host("fs3a"));
            routes.addHost("fs3", TestHosts.host("fs3b"));
            routes.route(OWNER, "fs3");
        }

        private RedisSettings settings() {
            return new RedisSettings(redisServer.uri(), Duration.ofMillis(300));
        }

        private Gate newGate() {
            var gate = new Gate(this);
            await().until(gate.invalidations::isConnected);
            return gate;
        }

        @Override
        public void close() throws IOException {
            invalidations.close();
            redis.close();
            redisServer.close();
            mariaDb.close();
            database.close();
        }
    }

    private static final class Gate implements AutoCloseable {
        private final RedisInvalidationBus invalidations;
        private final RedisClient redis;
        private final CachedRouteResolver resolver;

        private Gate(Site site) {
            redis = RedisClients.client(site.settings());
            invalidations = new RedisInvalidationBus(site.settings());
            resolver = new CachedRouteResolver(
                    new RedisRouteResolver(
                            new RedisRouteStore(redis), new MysqlRouteResolver(site.database), invalidations, CACHE),
                    invalidations,
                    CACHE);
        }

        private String activeHost() throws LookupUnavailable {
            return resolver.routeTo(OWNER).orElseThrow().writeHosts().getFirst().name();
        }

        @Override
        public void close() {
            invalidations.close();
            redis.close();
        }
    }
}
