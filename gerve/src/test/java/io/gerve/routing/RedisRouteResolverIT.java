package io.gerve.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gerve.config.CacheSettings;
import io.gerve.config.RedisSettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.redis.RedisClients;
import io.gerve.sql.testing.RunningRedis;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
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
    private static final String ROUTE_KEY = "gerve:route:mojombo";
    private static final CacheSettings CACHE =
            new CacheSettings(Duration.ofMinutes(1), Duration.ofMinutes(10), 100, Duration.ofSeconds(2), 8);

    @TempDir
    private static Path home;

    private final AtomicInteger lookups = new AtomicInteger();
    private final AtomicLong now = new AtomicLong();
    private final Map<String, Route> servers = new ConcurrentHashMap<>(Map.of("fs3", TRUTH));
    private final RecordedInvalidations invalidations = new RecordedInvalidations();
    private volatile String generation = "";
    private RunningRedis redisServer;
    private RedisClient redis;
    private RedisRouteStore routes;
    private RedisRouteResolver resolver;

    @BeforeEach
    void start() throws Exception {
        redisServer = RunningRedis.start(home);
        redis = RedisClients.client(new RedisSettings(redisServer.uri(), Duration.ofMillis(300)));
        routes = new RedisRouteStore(redis);
        resolver = resolverWithSource(Optional.of(TRUTH));
    }

    @AfterEach
    void stop() throws Exception {
        redis.close();
        redisServer.close();
    }

    @Test
    void emptyRedisIsFilledByTheFirstLookup() throws Exception {
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);

        assertThat(lookups).hasValue(1);
        assertThat(redis.get(ROUTE_KEY)).isEqualTo("fs3");
    }

    /** A process that can write to Redis sends a push, and with it the source code, to a host of its own. */
    @Test
    void hostsAreNeverReadFromRedis() throws Exception {
        resolver.routeTo(OWNER);
        redis.keys("*").forEach(key -> assertThat(redis.get(key)).doesNotContain("fs3a", "ssh-ed25519"));
        redis.set(
                "gerve:server:fs3",
                "{\"hosts\":[{\"name\":\"fs3a\",\"address\":\"127.6.6.6\",\"port\":22,\"host_key\":\"ssh-ed25519 AAAA\"}]}");
        invalidations.publish(new Invalidation(Invalidation.Kind.SERVER, "fs3"));

        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        redis.set(ROUTE_KEY, "fs9");
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        assertThat(redis.get(ROUTE_KEY)).isEqualTo("fs3");
    }

    @Test
    void failoverIsSeenAfterItsInvalidation() throws Exception {
        resolver.routeTo(OWNER);
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        Route after = TestHosts.route("fs3", "fs3b", "fs3a");
        servers.put("fs3", after);

        invalidations.publish(new Invalidation(Invalidation.Kind.SERVER, "fs3"));

        assertThat(resolver.routeTo(OWNER)).contains(after);
    }

    @Test
    void missingRouteIsNotWrittenToRedis() throws Exception {
        assertThat(resolverWithSource(Optional.empty()).routeTo(OWNER)).isEmpty();
        assertThat(redis.dbSize()).isZero();
    }

    @Test
    void databaseIsQueriedOnceForRoutesInRedis() throws Exception {
        step(RedisRouteStore.ofOwner(OWNER, Optional.of("fs3")));
        step(RedisRouteStore.ofOwner(new Login("tom"), Optional.of("fs3")));

        assertThat(resolver.routeTo(new Login("tom"))).contains(TRUTH);
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        assertThat(lookups).hasValue(1);
    }

    /** A Redis that restarts with data from before a failover would send a push to the previous host. */
    @Test
    void redisRestoredFromBeforeAChangeIsNotTrusted() throws Exception {
        resolver.routeTo(OWNER);
        Map<String, String> before = redisContents();
        step(Map.of());
        resolver.routeTo(OWNER);
        assertThat(lookups).hasValue(2);

        redis.flushAll();
        before.forEach(redis::set);
        resolver.routeTo(OWNER);
        assertThat(lookups).hasValue(3);
    }

    /**
     * The same for a gate that made no look-up between the change and the restart, so that it still trusts the old
     * generation.
     */
    @Test
    void generationConfirmedBeforeAReconnectIsNotTrusted() throws Exception {
        resolver.routeTo(OWNER);
        generation = "a later one";

        invalidations.publish(Invalidation.site());
        resolver.routeTo(OWNER);
        assertThat(lookups).hasValue(2);

        generation = "";
        resolver.routeTo(OWNER);
        assertThat(lookups).hasValue(3);
        invalidations.connected = false;
        resolver.routeTo(OWNER);
        assertThat(lookups).hasValue(4);
    }

    @Test
    void redisOutOfSyncIsClearedAndRefilled() throws Exception {
        step(RedisRouteStore.ofOwner(OWNER, Optional.of("fs9")));
        redis.set("another", "program's");
        generation = "a later one";

        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        assertThat(redis.get(ROUTE_KEY)).isEqualTo("fs9");
        await().untilAsserted(() -> {
            now.addAndGet(Duration.ofSeconds(2).toNanos());
            assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
            assertThat(redis.get(ROUTE_KEY)).isEqualTo("fs3");
        });
        assertThat(redis.get("another")).isEqualTo("program's");
        int askedBefore = lookups.get();
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        assertThat(lookups).hasValue(askedBefore);
    }

    @Test
    void redisBeingRefilledIsNotCleared() throws Exception {
        String token = routes.begin("").orElseThrow();

        for (int i = 0; i < 3; i++) {
            assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
            now.addAndGet(Duration.ofSeconds(2).toNanos());
        }
        assertThat(lookups).hasValue(3);
        assertThat(routes.generation()).isEqualTo(token);
        assertThat(redis.exists(ROUTE_KEY)).isFalse();
        assertThat(routes.step("", "next", RedisRouteStore.ofOwner(OWNER, Optional.of("fs3"))))
                .isFalse();
        assertThat(redis.exists(ROUTE_KEY)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "FS3", "../fs3", "fs3\n", "fs3 fs4", "-x", "*"})
    void invalidRouteIsReplaced(String invalid) throws Exception {
        redis.set(ROUTE_KEY, invalid);

        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        assertThat(redis.get(ROUTE_KEY)).isEqualTo("fs3");
    }

    @Test
    void valuesOfOtherTypesAndSizesAreReplaced() throws Exception {
        redis.rpush(ROUTE_KEY, "fs3");
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        redis.set(ROUTE_KEY, "x".repeat(8 << 20));
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        redis.set(ROUTE_KEY, "x".repeat(64));
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        redis.set(ROUTE_KEY.getBytes(StandardCharsets.US_ASCII), new byte[] {(byte) 0xff, 0});
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        assertThat(lookups).hasValue(4);
        redis.del("gerve:generation");
        redis.rpush("gerve:generation", "x");
        redis.del(ROUTE_KEY);
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        assertThat(lookups).hasValue(5);
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        assertThat(lookups).hasValue(5);
    }

    /** A route is changed while Redis takes its time over the end of a refill, and no lock held the change up. */
    @Test
    void routeChangedAtTheEndOfARefillTakesRedisOutOfUse() throws Exception {
        String token = routes.begin("").orElseThrow();
        generation = "before";
        var generations = new ArrayDeque<>(List.of("before", "after"));
        RedisRouteRefill refill = RedisRouteRefill.begin(
                        source(_ -> new RouteSource.Found(Optional.of(TRUTH), generation), generations::remove),
                        routes,
                        token)
                .orElseThrow();

        assertThatThrownBy(refill::end).isInstanceOf(LookupUnavailable.class);
        assertThat(RedisRouteStore.isRefillToken(routes.generation())).isTrue();
    }

    /** The attack: a server in the place of Redis lists keys without end. */
    @Test
    @Timeout(120)
    void keysWithoutEndEndTheScan() throws Exception {
        try (var endless = new EndlessRedis();
                var store = new RedisRouteStore(
                        RedisClients.client(new RedisSettings(endless.uri(), Duration.ofSeconds(10))),
                        () -> now.addAndGet(Duration.ofSeconds(1).toNanos()))) {
            assertThatThrownBy(() -> store.scan(RedisRouteStore.ROUTE, _ -> {}))
                    .isInstanceOf(LookupUnavailable.class)
                    .hasMessageContaining("not all were listed");
        }
    }

    /** A gate reads the database, the owner is moved, and only then the gate writes what it read to Redis. */
    @Test
    void slowGateDoesNotBringTheOldServerBack() throws Exception {
        RedisRouteResolver slow = resolverWithSource(_ -> {
            var found = new RouteSource.Found(Optional.of(TRUTH), generation);
            step(RedisRouteStore.ofOwner(OWNER, Optional.of("fs9")));
            return found;
        });

        slow.routeTo(OWNER);

        assertThat(redis.get(ROUTE_KEY)).isEqualTo("fs9");
    }

    /** The same, with a restart of Redis in between. */
    @Test
    void slowGateDoesNotBringTheOldServerBackAfterARestart() throws Exception {
        step(Map.of());
        RedisRouteResolver slow = resolverWithSource(_ -> {
            var found = new RouteSource.Found(Optional.of(TRUTH), generation);
            redis.flushAll();
            step(RedisRouteStore.ofOwner(OWNER, Optional.of("fs9")));
            return found;
        });

        slow.routeTo(OWNER);

        assertThat(redis.exists(ROUTE_KEY)).isFalse();
    }

    @Test
    @Timeout(120)
    void frozenRedisCostsOneTimeoutPerSecond() throws Exception {
        resolver.routeTo(OWNER);
        redisServer.freeze();
        try {
            for (int i = 0; i < 1000; i++) {
                assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
            }
        } finally {
            redisServer.thaw();
        }
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        int askedBefore = lookups.get();
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        assertThat(lookups).hasValue(askedBefore);
    }

    /** The attack: a Redis whose replies come just in time, and use up the time of the look-ups. */
    @Test
    void slowRedisIsNotAskedAgainAtOnce() throws Exception {
        Duration part = CACHE.lookupTimeout().dividedBy(20);
        var settings = new CacheSettings(CACHE.cacheTtl(), CACHE.maxStale(), 100, part.multipliedBy(4), 8);
        RouteSource source = source(_ -> new RouteSource.Found(Optional.of(TRUTH), generation), () -> generation);
        var slow = new RedisRouteResolver(routes, source, invalidations, settings, () -> now.addAndGet(part.toNanos()));
        slow.routeTo(OWNER);

        assertThat(slow.routeTo(OWNER)).contains(TRUTH);
        assertThat(lookups).hasValue(2);
    }

    @Test
    void killedRedisIsUsedAgainAfterRestart() throws Exception {
        resolver.routeTo(OWNER);
        redisServer.kill();
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);

        redisServer.restart();
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(resolver.routeTo(OWNER)).contains(TRUTH);
        assertThat(redis.get(ROUTE_KEY)).isEqualTo("fs3");
    }

    @Test
    void lookupFailsWithoutRedisAndDatabase() throws Exception {
        redisServer.kill();
        RedisRouteResolver unavailable = resolverWithSource((Login owner) -> {
            throw new LookupUnavailable("route of " + owner);
        });
        assertThatThrownBy(() -> unavailable.routeTo(OWNER)).isInstanceOf(LookupUnavailable.class);
    }

    /** Changes Redis as a change of a route does. */
    private void step(Map<String, String> values) throws LookupUnavailable {
        String next = UUID.randomUUID().toString();
        routes.step(generation, next, values);
        generation = next;
    }

    private Map<String, String> redisContents() {
        var redisContents = new HashMap<String, String>();
        redis.keys("*").forEach(key -> redisContents.put(key, redis.get(key)));
        return redisContents;
    }

    private RedisRouteResolver resolverWithSource(Optional<Route> route) {
        return resolverWithSource((Login _) -> new RouteSource.Found(route, generation));
    }

    private interface Finder {
        RouteSource.Found find(Login owner) throws LookupUnavailable;
    }

    private RedisRouteResolver resolverWithSource(Finder finder) {
        RouteSource source = source(finder, () -> generation);
        return new RedisRouteResolver(new RedisRouteStore(redis), source, invalidations, CACHE, now::get);
    }

    private RouteSource source(Finder finder, Supplier<String> generations) {
        return new RouteSource() {
            @Override
            public Found find(Login owner) throws LookupUnavailable {
                lookups.incrementAndGet();
                return finder.find(owner);
            }

            @Override
            public Optional<Route> server(String name) {
                return Optional.ofNullable(servers.get(name));
            }

            @Override
            public String generation() {
                return generations.get();
            }
        };
    }
}
