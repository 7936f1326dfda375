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

/** The whole chimney, as two gates and an operator have it: memory, Redis, MariaDB, and the channel of changes. */
class RouteResolverIT {
    private static final Login OWNER = new Login("mojombo");
    private static final CacheSettings LOOKUP =
            new CacheSettings(Duration.ofSeconds(60), Duration.ofMinutes(10), 1000, Duration.ofSeconds(1), 16);

    @Test
    void failoverIsUsedByEveryGateAtOnce(@TempDir Path home) throws Exception {
        try (var site = new Site(home);
                var one = site.newGate();
                var two = site.newGate()) {
            assertThat(one.activeHost()).isEqualTo("fs3a");
            assertThat(two.activeHost()).isEqualTo("fs3a");

            site.table.failover("fs3");

            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(one.activeHost()).isEqualTo("fs3b"));
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(two.activeHost()).isEqualTo("fs3b"));
        }
    }

    @Test
    void gateGoesOnWithoutRedisThenWithoutAnything(@TempDir Path home) throws Exception {
        try (var site = new Site(home);
                var gate = site.newGate()) {
            assertThat(gate.activeHost()).isEqualTo("fs3a");
            site.redisServer.kill();
            await().until(() -> !gate.changes.isConnected());
            assertThat(site.table.failover("fs3").propagation()).isEqualTo(Propagation.DATABASE_ONLY);
            assertThat(gate.activeHost()).isEqualTo("fs3b");

            site.mariaDb.freeze();
            assertThat(gate.activeHost()).isEqualTo("fs3b");
            assertThatThrownBy(() -> gate.chimney.routeTo(new Login("tom"))).isInstanceOf(LookupUnavailable.class);

            site.redisServer.restart();
            await().until(gate.changes::isConnected);
            assertThat(gate.activeHost()).isEqualTo("fs3b");
        }
    }

    /** One MariaDB, one Redis, an account that is routed to a server of two hosts, and the operator's table. */
    private static final class Site implements AutoCloseable {
        private final RunningMariaDb mariaDb;
        private final RunningRedis redisServer;
        private final Database database;
        private final RedisClient redis;
        private final RedisInvalidationBus changes;
        private final RouteService table;

        private Site(Path home) throws Exception {
            mariaDb = RunningMariaDb.start(home.resolve("mariadb"));
            redisServer = RunningRedis.start(home.resolve("redis"));
            database = new Database(mariaDb.newMigratedDatabase());
            redis = RedisClients.client(settings());
            changes = new RedisInvalidationBus(settings());
            table = new RouteService(
                    database, new RedisRouteStore(redis), changes, InstantSource.system(), TestHosts.OPERATOR);
            database.sql()
                    .insertInto(ACCOUNTS)
                    .set(ACCOUNTS.LOGIN, OWNER.text())
                    .set(ACCOUNTS.KIND, "user")
                    .set(ACCOUNTS.CREATED_AT, Instant.EPOCH)
                    .execute();
            table.addServer("fs3", TestHosts.host("fs3a"));
            table.addHost("fs3", TestHosts.host("fs3b"));
            table.route(OWNER, "fs3");
        }

        private RedisSettings settings() {
            return new RedisSettings(redisServer.uri(), Duration.ofMillis(300));
        }

        private Gate newGate() {
            var gate = new Gate(this);
            await().until(gate.changes::isConnected);
            return gate;
        }

        @Override
        public void close() throws IOException {
            changes.close();
            redis.close();
            redisServer.close();
            mariaDb.close();
            database.close();
        }
    }

    private static final class Gate implements AutoCloseable {
        private final RedisInvalidationBus changes;
        private final RedisClient redis;
        private final CachedRouteResolver chimney;

        private Gate(Site site) {
            redis = RedisClients.client(site.settings());
            changes = new RedisInvalidationBus(site.settings());
            chimney = new CachedRouteResolver(
                    new RedisRouteResolver(new RedisRouteStore(redis), new MysqlRouteResolver(site.database), changes),
                    changes,
                    LOOKUP);
        }

        private String activeHost() throws LookupUnavailable {
            return chimney.routeTo(OWNER).orElseThrow().writeHosts().getFirst().name();
        }

        @Override
        public void close() {
            changes.close();
            redis.close();
        }
    }
}
