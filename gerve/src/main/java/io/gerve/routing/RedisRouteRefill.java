package io.gerve.routing;

import io.gerve.lookup.LookupUnavailable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings Redis into step with the database. From its beginning to its end nobody believes Redis, and a change of a route takes out of it
 * what it changed: so at the end all that is in Redis is as the database has it, if what was there before was replaced or removed.
 */
final class RedisRouteRefill {
    private final RouteSource source;
    private final RedisRouteStore redis;
    private final String mark;

    private RedisRouteRefill(RouteSource source, RedisRouteStore redis, String mark) {
        this.source = source;
        this.redis = redis;
        this.mark = mark;
    }

    /** Takes over from whoever fills it now. */
    static RedisRouteRefill begin(RouteSource source, RedisRouteStore redis) throws LookupUnavailable {
        return begin(source, redis, redis.generation())
                .orElseThrow(() -> new LookupUnavailable("Redis was changed at this moment; try again"));
    }

    /** @return empty if Redis is not at that generation any more */
    static Optional<RedisRouteRefill> begin(RouteSource source, RedisRouteStore redis, String generation)
            throws LookupUnavailable {
        return redis.begin(generation).map(mark -> new RedisRouteRefill(source, redis, mark));
    }

    void put(Map<String, String> values) throws LookupUnavailable {
        requireOurs(redis.put(mark, values));
    }

    void remove(List<String> keys) throws LookupUnavailable {
        requireOurs(redis.put(mark, Map.of()));
        if (!keys.isEmpty()) {
            redis.remove(keys);
        }
    }

    /** Removes all routes and servers. */
    void clear() throws LookupUnavailable {
        redis.scan(RedisRouteStore.SERVER, this::remove);
        redis.scan(RedisRouteStore.ROUTE, this::remove);
    }

    void end() throws LookupUnavailable {
        source.whileUnchanged(generation -> requireOurs(redis.step(mark, generation, Map.of())));
    }

    private static void requireOurs(boolean isOurs) throws LookupUnavailable {
        if (!isOurs) {
            throw new LookupUnavailable("somebody else has begun to fill Redis, or Redis started anew; try again");
        }
    }
}
