package io.gerve.chimney;

import io.gerve.lookup.LookupUnavailable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings Redis into step with the database. From its beginning to its end nobody believes Redis, and a change of a route takes out of it
 * what it changed: so at the end all that is in Redis is as the database has it, if what was there before was replaced or removed.
 */
final class Filling {
    private final RouteSource source;
    private final RedisRoutes redis;
    private final String mark;

    private Filling(RouteSource source, RedisRoutes redis, String mark) {
        this.source = source;
        this.redis = redis;
        this.mark = mark;
    }

    /** Takes over from whoever fills it now. */
    static Filling begin(RouteSource source, RedisRoutes redis) throws LookupUnavailable {
        return begin(source, redis, redis.generation())
                .orElseThrow(() -> new LookupUnavailable("Redis was changed at this moment; try again"));
    }

    /** @return empty if Redis is not at that generation any more */
    static Optional<Filling> begin(RouteSource source, RedisRoutes redis, String generation) throws LookupUnavailable {
        return redis.begin(generation).map(mark -> new Filling(source, redis, mark));
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
        redis.scan(RedisRoutes.SERVER, this::remove);
        redis.scan(RedisRoutes.ROUTE, this::remove);
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
