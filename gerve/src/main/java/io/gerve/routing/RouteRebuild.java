package io.gerve.routing;

import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/** Makes Redis agree with the database, in batches, while routes are used and changed. */
final class RouteRebuild {
    private final MysqlRouteStore table;
    private final RedisRouteStore redis;
    private final RedisRouteRefill filling;

    RouteRebuild(MysqlRouteStore table, RedisRouteStore redis, RedisRouteRefill filling) {
        this.table = table;
        this.redis = redis;
        this.filling = filling;
    }

    /** @return how many routes, servers and stale keys */
    Counts run(LongConsumer progress) throws LookupUnavailable {
        long servers = table.readServers(filling::put);
        long routes = writeRoutes(progress);
        long removed = removeStale();
        filling.end();
        return new Counts(routes, servers, removed);
    }

    record Counts(long routes, long servers, long removed) {}

    private long writeRoutes(LongConsumer progress) throws LookupUnavailable {
        long written = 0;
        var page = table.readPage(0, this::write);
        while (!page.isEmpty()) {
            written += page.routes().size();
            progress.accept(written);
            page = table.readPage(page.lastId(), this::write);
        }
        return written;
    }

    private void write(List<OwnerRoute> routes) throws LookupUnavailable {
        Map<String, String> values = new LinkedHashMap<>();
        routes.forEach(route -> values.put(RedisRouteStore.routeKey(route.owner()), route.server()));
        filling.put(values);
    }

    /** A key that comes to be needed just as it is removed is missing then, which only has the gates ask the database. */
    private long removeStale() throws LookupUnavailable {
        var servers = new HashSet<>(table.serverNames());
        var staleServers = new ArrayList<String>();
        redis.scan(
                RedisRouteStore.SERVER,
                keys -> keys.stream()
                        .filter(key -> !servers.contains(key.substring(RedisRouteStore.SERVER.length())))
                        .forEach(staleServers::add));
        filling.remove(staleServers);

        long removed = staleServers.size();
        var batches = new ArrayList<List<String>>();
        redis.scan(RedisRouteStore.ROUTE, batches::add);
        for (List<String> keys : batches) {
            List<String> stale = unrouted(keys);
            filling.remove(stale);
            removed += stale.size();
        }
        return removed;
    }

    private List<String> unrouted(List<String> keys) throws LookupUnavailable {
        List<Login> owners = keys.stream()
                .map(RouteRebuild::owner)
                .flatMap(text -> Login.parse(text).stream())
                .toList();
        Set<String> routed = table.routedAmong(owners);
        return keys.stream().filter(key -> !routed.contains(owner(key))).toList();
    }

    private static String owner(String key) {
        return key.substring(RedisRouteStore.ROUTE.length());
    }
}
