package io.gerve.routing;

import com.github.benmanes.caffeine.cache.Ticker;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.redis.RedisFailure;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleaner for a Redis that stays out of sync with the database; the gates then refill it from the database. Safe for
 * use by many threads, and by many gates at one time: only one of them clears it.
 */
final class StaleRedisCleaner {
    /**
     * Time to wait before clearing: a change of a route reaches Redis shortly before it is committed in the database.
     */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(StaleRedisCleaner.class);

    private final RedisRouteStore redis;
    private final RouteSource source;
    private final Ticker ticker;
    private Optional<Mismatch> lastMismatch = Optional.empty();
    /** One at a time: a server in the place of Redis could otherwise make each look-up start another. */
    private boolean isClearing;

    StaleRedisCleaner(RedisRouteStore redis, RouteSource source, Ticker ticker) {
        this.redis = redis;
        this.source = source;
        this.ticker = ticker;
    }

    /** Reports that Redis and the database have different generations. Returns at once. */
    synchronized void report(String inRedis, String inDatabase) {
        if (RedisRouteStore.isRefillToken(inRedis)) {
            return;
        }
        long now = ticker.read();
        Optional<Mismatch> before = lastMismatch.filter(
                one -> one.inRedis().equals(inRedis) && one.inDatabase().equals(inDatabase));
        if (before.isEmpty()) {
            lastMismatch = Optional.of(new Mismatch(inRedis, inDatabase, now));
        } else if (!isClearing && now - before.get().at() >= GRACE.toNanos()) {
            lastMismatch = Optional.empty();
            isClearing = true;
            Thread.ofVirtual().name("route-redis-cleaner").start(() -> {
                try {
                    clear(inRedis);
                } finally {
                    endClearing();
                }
            });
        }
    }

    private synchronized void endClearing() {
        isClearing = false;
    }

    private void clear(String generation) {
        try {
            Optional<RedisRouteRefill> refill = RedisRouteRefill.begin(source, redis, generation);
            if (refill.isPresent()) {
                refill.get().clear();
                refill.get().end();
                LOG.warn("Redis routes were out of sync and have been cleared; run gerve route rebuild to refill them");
            }
        } catch (LookupUnavailable e) {
            LOG.atWarn()
                    .addKeyValue("cause", RedisFailure.explain(Objects.requireNonNullElse(e.getCause(), e)))
                    .log("Redis routes are out of sync and could not be cleared");
        }
    }

    private record Mismatch(String inRedis, String inDatabase, long at) {}
}
