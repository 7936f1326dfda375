package io.gerve.routing;

import io.gerve.lookup.LookupUnavailable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Resynchronization of Redis with the database. From begin to end no gate trusts Redis, and each change of a route
 * deletes the keys it affects. If all previous keys were replaced or removed, Redis agrees with the database at the
 * end.
 */
final class RedisRouteRefill {
    private final RouteSource source;
    private final RedisRouteStore redis;
    private final String token;

    private RedisRouteRefill(RouteSource source, RedisRouteStore redis, String token) {
        this.source = source;
        this.redis = redis;
        this.token = token;
    }

    /** Begins, taking over from a resynchronization that is in progress. */
    static RedisRouteRefill begin(RouteSource source, RedisRouteStore redis) throws LookupUnavailable {
        return begin(source, redis, redis.generation())
                .orElseThrow(() -> new LookupUnavailable("Redis changed concurrently"));
    }

    /** Begins, or returns empty if Redis is no longer at the given generation. */
    static Optional<RedisRouteRefill> begin(RouteSource source, RedisRouteStore redis, String generation)
            throws LookupUnavailable {
        return redis.begin(generation).map(token -> new RedisRouteRefill(source, redis, token));
    }

    void put(Map<String, String> values) throws LookupUnavailable {
        requireOwned(redis.put(token, values));
    }

    void remove(List<String> keys) throws LookupUnavailable {
        requireOwned(redis.put(token, Map.of()));
        if (!keys.isEmpty()) {
            redis.remove(keys);
        }
    }

    /** Removes all routes from Redis. */
    void clear() throws LookupUnavailable {
        redis.scan(RedisRouteStore.ROUTE, this::remove);
    }

    /**
     * Ends. No lock keeps routes from being changed meanwhile, because Redis may take long to answer. A change between the
     * first look-up and the step leaves Redis with a generation that the database no longer has. The second look-up
     * waits for the end of such a change, and Redis is taken out of use again.
     *
     * @throws LookupUnavailable also if routes were changed; Redis is cleared a minute later
     */
    void end() throws LookupUnavailable {
        String generation = source.generation();
        requireOwned(redis.step(token, generation, Map.of()));
        if (!source.generation().equals(generation) && redis.begin(generation).isPresent()) {
            throw new LookupUnavailable("routes were changed while the refill of Redis ended");
        }
    }

    private static void requireOwned(boolean isOwned) throws LookupUnavailable {
        if (!isOwned) {
            throw new LookupUnavailable("another process has begun to refill Redis, or Redis was restarted");
        }
    }
}
