package io.gerve.invalidation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.config.RedisSettings;
import io.gerve.sql.testing.RunningRedis;
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
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(5);

    private final List<Invalidation> heard = new CopyOnWriteArrayList<>();

    @TempDir
    private Path directory;

    @Test
    void whatOneGatePublishesAllHear() throws Exception {
        try (var redis = RunningRedis.start(directory);
                var here = changes(redis);
                var there = changes(redis)) {
            List<Invalidation> heardThere = new CopyOnWriteArrayList<>();
            here.listen(heard::add);
            there.listen(heardThere::add);
            await().until(() -> here.isConnected() && there.isConnected());
            assertThat(here.publish(KEY)).isTrue();
            await().until(() -> heard.contains(KEY) && heardThere.contains(KEY));
        }
    }

    @Test
    void aMessageThatCannotBeReadPutsEverythingInDoubt() throws Exception {
        try (var redis = RunningRedis.start(directory);
                var changes = changes(redis);
                var stranger = RedisClient.create(redis.uri())) {
            await().until(changes::isConnected);
            changes.listen(heard::add);
            stranger.publish(RedisInvalidationBus.CHANNEL, "frobnicate all");
            stranger.publish(RedisInvalidationBus.CHANNEL, "");
            await().until(() -> heard.equals(List.of(Invalidation.site(), Invalidation.site())));
        }
    }

    @Test
    void aRedisThatDiesIsNoticedAndAfterItsReturnEverythingIsInDoubt() throws Exception {
        try (var redis = RunningRedis.start(directory);
                var changes = changes(redis)) {
            await().until(changes::isConnected);
            changes.listen(heard::add);
            redis.kill();
            await().atMost(NOTICED_WITHIN).until(() -> !changes.isConnected());
            assertThat(changes.publish(KEY)).isFalse();
            redis.restart();
            await().until(changes::isConnected);
            assertThat(heard).containsExactly(Invalidation.site());
            assertThat(changes.publish(KEY)).isTrue();
            await().until(() -> heard.contains(KEY));
        }
    }

    @Test
    void aRedisThatStandsStillIsNoticedThoughItsConnectionStays() throws Exception {
        try (var redis = RunningRedis.start(directory);
                var changes = changes(redis)) {
            await().until(changes::isConnected);
            changes.listen(heard::add);
            redis.freeze();
            await().atMost(NOTICED_WITHIN).until(() -> !changes.isConnected());
            assertThat(changes.publish(KEY)).isFalse();
            redis.thaw();
            await().until(changes::isConnected);
            assertThat(heard).contains(Invalidation.site());
        }
    }

    @Test
    void itStartsWithoutRedisAndFindsItLater() throws Exception {
        try (var redis = RunningRedis.start(directory)) {
            redis.kill();
            try (var changes = changes(redis)) {
                assertThat(changes.isConnected()).isFalse();
                redis.restart();
                await().until(changes::isConnected);
            }
        }
    }

    @Test
    void aListenerThatFailsKeepsNothingFromTheOthers() throws Exception {
        try (var redis = RunningRedis.start(directory);
                var changes = changes(redis)) {
            changes.listen(_ -> {
                throw new IllegalStateException("a bug");
            });
            changes.listen(heard::add);
            await().until(changes::isConnected);
            changes.publish(KEY);
            await().until(() -> heard.contains(KEY));
        }
    }

    @Test
    void closingEndsHearingAndMayBeDoneTwice() throws Exception {
        try (var redis = RunningRedis.start(directory)) {
            var changes = changes(redis);
            await().until(changes::isConnected);
            changes.close();
            changes.close();
            assertThat(changes.isConnected()).isFalse();
            assertThat(changes.publish(KEY)).isFalse();
        }
    }

    private static RedisInvalidationBus changes(RunningRedis redis) {
        return new RedisInvalidationBus(new RedisSettings(redis.uri(), Duration.ofMillis(500)));
    }
}
