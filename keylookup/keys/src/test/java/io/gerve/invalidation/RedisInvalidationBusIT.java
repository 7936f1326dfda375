package io.gerve.invalidation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.config.RedisSettings;
import io.gerve.sql.testing.RunningRedis;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

class RedisInvalidationBusIT {
    private static final Invalidation KEY =
            new Invalidation(Invalidation.Kind.KEY, "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
    private static final Duration DETECTION_TIMEOUT = Duration.ofSeconds(5);

    private final List<Invalidation> received = new CopyOnWriteArrayList<>();

    @TempDir
    private Path directory;

    @Test
    void invalidationReachesAllGates() throws Exception {
        try (var redis = RunningRedis.start(directory);
                var one = bus(redis);
                var other = bus(redis)) {
            List<Invalidation> receivedByOther = new CopyOnWriteArrayList<>();
            one.listen(received::add);
            other.listen(receivedByOther::add);
            await().until(() -> one.isConnected() && other.isConnected());
            assertThat(one.publish(KEY)).isTrue();
            await().until(() -> received.contains(KEY) && receivedByOther.contains(KEY));
        }
    }

    @Test
    void delayOfInvalidationsIsMeasured() throws Exception {
        try (var redis = RunningRedis.start(directory);
                var bus = bus(redis)) {
            var registry = new SimpleMeterRegistry();
            bus.bindTo(registry);
            bus.listen(received::add);
            await().until(() -> registry.get("gerve.invalidation.delay").timer().count() > 0);
            assertThat(received).isSubsetOf(Invalidation.site());
        }
    }

    @Test
    void unknownMessageInvalidatesSite() throws Exception {
        try (var redis = RunningRedis.start(directory);
                var bus = bus(redis);
                var client = RedisClient.create(redis.uri())) {
            await().until(bus::isConnected);
            bus.listen(received::add);
            client.publish(RedisInvalidationBus.CHANNEL, "frobnicate all");
            client.publish(RedisInvalidationBus.CHANNEL, "");
            await().until(() -> received.equals(List.of(Invalidation.site(), Invalidation.site())));
        }
    }

    /** The attack: a message that exhausts the heap of every gate. */
    @Test
    void oversizedMessageIsNotReadAndLaterOnesAre() throws Exception {
        try (var redis = RunningRedis.start(directory);
                var bus = bus(redis);
                var client = RedisClient.create(redis.uri())) {
            await().until(bus::isConnected);
            bus.listen(received::add);
            client.publish(RedisInvalidationBus.CHANNEL, "account " + "1".repeat(2 << 20));
            await().until(() -> received.contains(Invalidation.site()) && bus.isConnected());
            assertThat(bus.publish(KEY)).isTrue();
            await().until(() -> received.contains(KEY));
            assertThat(received).noneMatch(invalidation -> invalidation.kind() == Invalidation.Kind.ACCOUNT);
        }
    }

    @Test
    void killedRedisIsDetectedAndSiteIsInvalidatedAfterRestart() throws Exception {
        try (var redis = RunningRedis.start(directory);
                var bus = bus(redis)) {
            await().until(bus::isConnected);
            bus.listen(received::add);
            redis.kill();
            await().atMost(DETECTION_TIMEOUT).until(() -> !bus.isConnected());
            assertThat(bus.publish(KEY)).isFalse();
            redis.restart();
            await().until(bus::isConnected);
            assertThat(received).containsExactly(Invalidation.site());
            assertThat(bus.publish(KEY)).isTrue();
            await().until(() -> received.contains(KEY));
        }
    }

    @Test
    void frozenRedisIsDetectedThoughConnectionStaysOpen() throws Exception {
        try (var redis = RunningRedis.start(directory);
                var bus = bus(redis)) {
            await().until(bus::isConnected);
            bus.listen(received::add);
            redis.freeze();
            await().atMost(DETECTION_TIMEOUT).until(() -> !bus.isConnected());
            assertThat(bus.publish(KEY)).isFalse();
            redis.thaw();
            await().until(bus::isConnected);
            assertThat(received).contains(Invalidation.site());
        }
    }

    @Test
    void busStartsWithoutRedisAndConnectsLater() throws Exception {
        try (var redis = RunningRedis.start(directory)) {
            redis.kill();
            try (var bus = bus(redis)) {
                assertThat(bus.isConnected()).isFalse();
                redis.restart();
                await().until(bus::isConnected);
            }
        }
    }

    @Test
    void failingListenerDoesNotAffectOthers() throws Exception {
        try (var redis = RunningRedis.start(directory);
                var bus = bus(redis)) {
            bus.listen(_ -> {
                throw new IllegalStateException("a bug");
            });
            bus.listen(received::add);
            await().until(bus::isConnected);
            bus.publish(KEY);
            await().until(() -> received.contains(KEY));
        }
    }

    @Test
    void subscriptionSurvivesAStackOverflow() throws Exception {
        try (var redis = RunningRedis.start(directory);
                var bus = bus(redis)) {
            await().until(bus::isConnected);
            bus.listen(invalidation -> {
                if (invalidation.equals(KEY)) {
                    throw new StackOverflowError("as of a deeply nested reply");
                }
            });
            bus.listen(received::add);
            bus.publish(KEY);
            await().until(() -> received.contains(Invalidation.site()) && bus.isConnected());
        }
    }

    @Test
    void closeEndsSubscriptionAndMayBeRepeated() throws Exception {
        try (var redis = RunningRedis.start(directory)) {
            var bus = bus(redis);
            await().until(bus::isConnected);
            bus.close();
            bus.close();
            assertThat(bus.isConnected()).isFalse();
            assertThat(bus.publish(KEY)).isFalse();
        }
    }

    private static RedisInvalidationBus bus(RunningRedis redis) {
        return new RedisInvalidationBus(new RedisSettings(redis.uri(), Duration.ofMillis(500)));
    }
}
