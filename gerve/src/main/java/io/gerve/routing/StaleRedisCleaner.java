package io.gerve.routing;

import com.github.benmanes.caffeine.cache.Ticker;
import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties a Redis that stays out of step with the database, so that it fills with what is true. Safe for use by many threads, and by many
 * gates at one time: one of them does it.
 */
final class StaleRedisCleaner {
    /** A change of a route is in Redis shortly before it holds in the database. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(StaleRedisCleaner.class);

    private final RedisRouteStore redis;
    private final RouteSource source;
    private final Ticker ticker;
    private Optional<Noticed> noticed = Optional.empty();

    StaleRedisCleaner(RedisRouteStore redis, RouteSource source, Ticker ticker) {
        this.redis = redis;
        this.source = source;
        this.ticker = ticker;
    }

    /** Is to be told each time that the two do not agree. Returns at once. */
    synchronized void report(String inRedis, String inDatabase) {
        if (RedisRouteStore.isRefillMark(inRedis)) {
            return;
        }
        long now = ticker.read();
        Optional<Noticed> before = noticed.filter(
                one -> one.inRedis().equals(inRedis) && one.inDatabase().equals(inDatabase));
        if (before.isEmpty()) {
            noticed = Optional.of(new Noticed(inRedis, inDatabase, now));
        } else if (now - before.get().at() >= GRACE.toNanos()) {
            noticed = Optional.empty();
            Thread.ofVirtual().name("redis-emptying").start(() -> empty(inRedis));
        }
    }

    private void empty(String generation) {
        try {
            Optional<RedisRouteRefill> filling = RedisRouteRefill.begin(source, redis, generation);
            if (filling.isPresent()) {
                filling.get().clear();
                filling.get().end();
                LOG.warn("Redis held routes from another time and was emptied; gerve route rebuild fills it at once");
            }
        } catch (LookupUnavailable e) {
            LOG.atWarn()
                    .addKeyValue("cause", e.getCause())
                    .log("Redis holds routes from another time and could not be emptied");
        }
    }

    private record Noticed(String inRedis, String inDatabase, long at) {}
}
