package io.gerve.chimney;

import io.gerve.keylookup.key.Login;
import io.gerve.lookup.Change;
import io.gerve.lookup.Changes;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/** Makes Redis agree with the database, in batches, while both are used. */
final class RouteRebuild {
    private final MysqlRouteTable table;
    private final RedisRoutes redis;
    private final Changes changes;

    RouteRebuild(MysqlRouteTable table, RedisRoutes redis, Changes changes) {
        this.table = table;
        this.redis = redis;
        this.changes = changes;
    }

    RouteTable.Rebuilt run(LongConsumer progress) throws LookupUnavailable {
        long servers = writeServers();
        long routes = writeRoutes(progress);
        long removed = removeStale();
        return new RouteTable.Rebuilt(routes, servers, removed, Spread.of(changes.publish(Change.site())));
    }

    private long writeServers() throws LookupUnavailable {
        List<String> names = table.serverNames();
        for (String name : names) {
            var taken = new AtomicBoolean();
            table.whileUnchanged(name, route -> taken.set(redis.writeServer(name, route)));
            require(taken.get());
        }
        return names.size();
    }

    private long writeRoutes(LongConsumer progress) throws LookupUnavailable {
        long written = 0;
        long last = 0;
        while (true) {
            var taken = new AtomicBoolean();
            var page = table.pageWhileUnchanged(last, routes -> taken.set(redis.writeRoutes(routes)));
            require(taken.get());
            if (page.isEmpty()) {
                return written;
            }
            last = page.lastId();
            written += page.routes().size();
            progress.accept(written);
        }
    }

    /** A key that comes to be needed just as it is removed is missing then, which only has the gates ask the database. */
    private long removeStale() throws LookupUnavailable {
        var servers = new HashSet<>(table.serverNames());
        var staleServers = new ArrayList<String>();
        redis.scan(
                RedisRoutes.SERVER,
                keys -> keys.stream()
                        .filter(key -> !servers.contains(key.substring(RedisRoutes.SERVER.length())))
                        .forEach(staleServers::add));
        remove(staleServers);

        long removed = staleServers.size();
        var batches = new ArrayList<List<String>>();
        redis.scan(RedisRoutes.ROUTE, batches::add);
        for (List<String> keys : batches) {
            List<String> stale = unrouted(keys);
            remove(stale);
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

    private void remove(List<String> keys) throws LookupUnavailable {
        require(keys.isEmpty() || redis.remove(keys));
    }

    private static String owner(String key) {
        return key.substring(RedisRoutes.ROUTE.length());
    }

    private static void require(boolean taken) throws LookupUnavailable {
        if (!taken) {
            throw new LookupUnavailable("Redis did not take the routes; they are unchanged in the database");
        }
    }
}
