package io.gerve.routing;

import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Rebuild of Redis from the database, in batches, while routes are used and changed. */
final class RouteRebuild {
    private final MysqlRouteStore store;
    private final RedisRouteStore redis;
    private final RedisRouteRefill refill;

    RouteRebuild(MysqlRouteStore store, RedisRouteStore redis, RedisRouteRefill refill) {
        this.store = store;
        this.redis = redis;
        this.refill = refill;
    }

    /** Runs the rebuild. */
    Counts run(LongConsumer progress) throws LookupUnavailable {
        long routes = writeRoutes(progress);
        long removed = removeStale();
        refill.end();
        return new Counts(routes, removed);
    }

    record Counts(long routes, long removed) {}

    private long writeRoutes(LongConsumer progress) throws LookupUnavailable {
        long written = 0;
        var page = store.readPage(0, this::write);
        while (!page.isEmpty()) {
            written += page.routes().size();
            progress.accept(written);
            page = store.readPage(page.lastId(), this::write);
        }
        return written;
    }

    private void write(List<OwnerRoute> routes) throws LookupUnavailable {
        Map<String, String> values = new LinkedHashMap<>();
        routes.forEach(route -> values.put(RedisRouteStore.routeKey(route.owner()), route.server()));
        refill.put(values);
    }

    /** Removes stale keys. If a key becomes valid just as it is removed, the gates read the database instead. */
    private long removeStale() throws LookupUnavailable {
        var removed = new AtomicLong();
        redis.scan(RedisRouteStore.ROUTE, keys -> {
            List<String> stale = unrouted(keys);
            refill.remove(stale);
            removed.addAndGet(stale.size());
        });
        return removed.get();
    }

    private List<String> unrouted(List<String> keys) throws LookupUnavailable {
        List<Login> owners = keys.stream()
                .map(RouteRebuild::owner)
                .flatMap(text -> Login.parse(text).stream())
                .toList();
        Set<String> routed = store.routedAmong(owners);
        return keys.stream().filter(key -> !routed.contains(owner(key))).toList();
    }

    private static String owner(String key) {
        return key.substring(RedisRouteStore.ROUTE.length());
    }
}
