package io.gerve.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gerve.config.RedisSettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.redis.RedisClients;
import io.gerve.sql.testing.RunningRedis;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.RedisClient;

class RedisRouteResolverIT {
    private static final Login OWNER = new Login("Mojombo");
    private static final Route TRUTH = TestHosts.route("fs3", "fs3a", "fs3b");
    private static final String ROUTE_KEY = "chimney:route:mojombo";
    private static final String SERVER_KEY = "chimney:server:fs3";

    @TempDir
    private static Path home;

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong now = new AtomicLong();
    private final RecordedInvalidations changes = new RecordedInvalidations();
    private volatile String generation = "";
    private RunningRedis server;
    private RedisClient redis;
    private RedisRouteStore routes;
    private RedisRouteResolver chimney;

    @BeforeEach
    void start() throws Exception {
        server = RunningRedis.start(home);
        redis = RedisClients.client(new RedisSettings(server.uri(), Duration.ofMillis(300)));
        routes = new RedisRouteStore(redis);
        chimney = chimneyBefore(Optional.of(TRUTH));
    }

    @AfterEach
    void stop() throws Exception {
        redis.close();
        server.close();
    }

    @Test
    void emptyRedisIsFilledByTheFirstQuestion() throws Exception {
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);

        assertThat(asked).hasValue(1);
        assertThat(redis.get(ROUTE_KEY)).isEqualTo("fs3");
        assertThat(redis.get(SERVER_KEY)).isEqualTo(RedisServerValue.text(TRUTH));
    }

    @Test
    void whatTheDatabaseHasNotIsNotInRedis() throws Exception {
        assertThat(chimneyBefore(Optional.empty()).routeTo(OWNER)).isEmpty();
        assertThat(redis.dbSize()).isZero();
    }

    @Test
    void databaseIsAskedOnceForWhatIsInRedis() throws Exception {
        step(RedisRouteStore.ofServer("fs3", Optional.of(TRUTH)));
        step(RedisRouteStore.ofOwner(OWNER, Optional.of("fs3")));
        step(RedisRouteStore.ofOwner(new Login("tom"), Optional.of("fs3")));

        assertThat(chimney.routeTo(new Login("tom"))).contains(TRUTH);
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        assertThat(asked).hasValue(1);
    }

    /** A Redis that restarts may come back with what it held before a fail-over, and a push would go to the old host. */
    @Test
    void whatRedisHeldBeforeAChangeIsNotBelieved() throws Exception {
        chimney.routeTo(OWNER);
        Map<String, String> before = held();
        step(Map.of());
        chimney.routeTo(OWNER);
        assertThat(asked).hasValue(2);

        redis.flushAll();
        before.forEach(redis::set);
        chimney.routeTo(OWNER);
        assertThat(asked).hasValue(3);
    }

    /** The same, for a gate that had nothing to ask between the change and the restart, so that it still goes by the old generation. */
    @Test
    void whatWasConfirmedBeforeAGapIsNotBelieved() throws Exception {
        chimney.routeTo(OWNER);
        generation = "a later one";

        changes.publish(Invalidation.site());
        chimney.routeTo(OWNER);
        assertThat(asked).hasValue(2);

        generation = "";
        chimney.routeTo(OWNER);
        assertThat(asked).hasValue(3);
        changes.hearing = false;
        chimney.routeTo(OWNER);
        assertThat(asked).hasValue(4);
    }

    @Test
    void redisThatStaysOutOfStepIsEmptiedAndFilledWithTheTruth() throws Exception {
        Route old = TestHosts.route("fs3", "fs3b", "fs3a");
        step(RedisRouteStore.ofServer("fs3", Optional.of(old)));
        step(RedisRouteStore.ofOwner(OWNER, Optional.of("fs3")));
        redis.set("another", "program's");
        generation = "a later one";

        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        assertThat(redis.get(SERVER_KEY)).isEqualTo(RedisServerValue.text(old));
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        await().untilAsserted(() -> {
            assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
            assertThat(redis.get(SERVER_KEY)).isEqualTo(RedisServerValue.text(TRUTH));
        });
        assertThat(redis.get("another")).isEqualTo("program's");
        int askedBefore = asked.get();
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        assertThat(asked).hasValue(askedBefore);
    }

    @Test
    void redisThatIsBeingFilledIsLeftAlone() throws Exception {
        String mark = routes.begin("").orElseThrow();

        for (int question = 0; question < 3; question++) {
            assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
            now.addAndGet(Duration.ofSeconds(2).toNanos());
        }
        assertThat(asked).hasValue(3);
        assertThat(routes.generation()).isEqualTo(mark);
        assertThat(redis.exists(ROUTE_KEY)).isFalse();
        assertThat(routes.step("", "next", RedisRouteStore.ofServer("fs3", Optional.of(TRUTH))))
                .isFalse();
        assertThat(redis.exists(SERVER_KEY)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not JSON",
                "{\"hosts\":[]}",
                "{\"hosts\":[{\"name\":\"a\",\"address\":\"-oProxyCommand=x\",\"port\":22,\"host_key\":\"ssh-ed25519 A\"}]}",
                "{\"hosts\":[{\"name\":\"a\",\"address\":\"127.0.0.1; rm\",\"port\":22,\"host_key\":\"ssh-ed25519 A\"}]}",
                "{\"hosts\":[{\"name\":\"a\",\"address\":\"127.0.0.1\",\"port\":22}]}"
            })
    void wrongServerIsNotBelievedButReplaced(String wrong) throws Exception {
        redis.set(ROUTE_KEY, "fs3");
        redis.set(SERVER_KEY, wrong);

        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        assertThat(redis.get(SERVER_KEY)).isEqualTo(RedisServerValue.text(TRUTH));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "FS3", "../fs3", "fs3\n", "fs3 fs4", "-x", "*"})
    void wrongRouteIsNotBelievedButReplaced(String wrong) throws Exception {
        redis.set(ROUTE_KEY, wrong);
        redis.set("chimney:server:" + wrong, RedisServerValue.text(TestHosts.route("fs9", "fs9a")));

        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        assertThat(redis.get(ROUTE_KEY)).isEqualTo("fs3");
    }

    @Test
    void valuesOfOtherTypesAndSizesAreReplaced() throws Exception {
        redis.rpush(ROUTE_KEY, "fs3");
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        redis.del(SERVER_KEY);
        redis.sadd(SERVER_KEY, "fs3");
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        redis.set(SERVER_KEY, "x".repeat(8 << 20));
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        redis.set(ROUTE_KEY, "x".repeat(64));
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        redis.set(SERVER_KEY.getBytes(StandardCharsets.US_ASCII), new byte[] {(byte) 0xff, 0});
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        assertThat(asked).hasValue(5);
        redis.del("chimney:generation");
        redis.rpush("chimney:generation", "x");
        redis.del(ROUTE_KEY);
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        assertThat(asked).hasValue(6);
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        assertThat(asked).hasValue(6);
    }

    /** A gate reads the database, the server fails over, and only then does the gate put what it read in Redis. */
    @Test
    void slowGateDoesNotBringTheOldHostBack() throws Exception {
        Route after = TestHosts.route("fs3", "fs3b", "fs3a");
        RedisRouteResolver slow = chimneyBefore(_ -> {
            var found = new RouteSource.Found(Optional.of(TRUTH), generation);
            step(RedisRouteStore.ofServer("fs3", Optional.of(after)));
            return found;
        });

        slow.routeTo(OWNER);

        assertThat(redis.get(SERVER_KEY)).isEqualTo(RedisServerValue.text(after));
        assertThat(redis.exists(ROUTE_KEY)).isFalse();
    }

    /** The same, with a Redis that starts anew in between. */
    @Test
    void slowGateDoesNotBringTheOldHostBackAfterARestart() throws Exception {
        Route after = TestHosts.route("fs3", "fs3b", "fs3a");
        step(Map.of());
        RedisRouteResolver slow = chimneyBefore(_ -> {
            var found = new RouteSource.Found(Optional.of(TRUTH), generation);
            redis.flushAll();
            step(RedisRouteStore.ofServer("fs3", Optional.of(after)));
            return found;
        });

        slow.routeTo(OWNER);

        assertThat(redis.exists(SERVER_KEY)).isFalse();
    }

    @Test
    @Timeout(30)
    void frozenRedisCostsOneTimeoutASecond() throws Exception {
        chimney.routeTo(OWNER);
        server.freeze();
        try {
            for (int question = 0; question < 1000; question++) {
                assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
            }
        } finally {
            server.thaw();
        }
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        int askedBefore = asked.get();
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        assertThat(asked).hasValue(askedBefore);
    }

    @Test
    void killedRedisIsUsedAgainOnceItIsBack() throws Exception {
        chimney.routeTo(OWNER);
        server.kill();
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);

        server.restart();
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(chimney.routeTo(OWNER)).contains(TRUTH);
        assertThat(redis.get(ROUTE_KEY)).isEqualTo("fs3");
    }

    @Test
    void bothAwayIsNoAnswer() throws Exception {
        server.kill();
        RedisRouteResolver alone = chimneyBefore((Login owner) -> {
            throw new LookupUnavailable("route of " + owner);
        });
        assertThatThrownBy(() -> alone.routeTo(OWNER)).isInstanceOf(LookupUnavailable.class);
    }

    /** As a change of a route does it. */
    private void step(Map<String, String> values) throws LookupUnavailable {
        String next = UUID.randomUUID().toString();
        routes.step(generation, next, values);
        generation = next;
    }

    private Map<String, String> held() {
        var held = new HashMap<String, String>();
        redis.keys("*").forEach(key -> held.put(key, redis.get(key)));
        return held;
    }

    private RedisRouteResolver chimneyBefore(Optional<Route> route) {
        return chimneyBefore((Login _) -> new RouteSource.Found(route, generation));
    }

    private interface Finder {
        RouteSource.Found find(Login owner) throws LookupUnavailable;
    }

    private RedisRouteResolver chimneyBefore(Finder finder) {
        var behind = new RouteSource() {
            @Override
            public Found find(Login owner) throws LookupUnavailable {
                asked.incrementAndGet();
                return finder.find(owner);
            }

            @Override
            public void whileUnchanged(SnapshotReader<String> viewer) throws LookupUnavailable {
                viewer.read(generation);
            }
        };
        return new RedisRouteResolver(new RedisRouteStore(redis), behind, changes, now::get);
    }
}
