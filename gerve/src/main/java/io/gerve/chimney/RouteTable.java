package io.gerve.chimney;

import io.gerve.keylookup.key.Login;
import io.gerve.lookup.Change;
import io.gerve.lookup.Changes;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes routes, for operators: first in the database, which is the truth, then in Redis, then in what gates remember. Redis is
 * written while the database's row is held, so that of two changes at one time the later one is also the later in Redis.
 *
 * <p>Every method throws {@link LookupUnavailable} if the database does not answer, from which follows that nothing was changed, but
 * for a connection that was lost while it committed.
 */
public final class RouteTable {
    private static final Logger LOG = LoggerFactory.getLogger(RouteTable.class);

    private final MysqlRouteTable table;
    private final RedisRoutes redis;
    private final Changes changes;

    public RouteTable(Database database, RedisRoutes redis, Changes changes, InstantSource clock) {
        this.table = new MysqlRouteTable(database, clock);
        this.redis = redis;
        this.changes = changes;
    }

    /**
     * @param name 1 to 63 lower-case letters, digits and hyphens
     * @param active takes reads and writes from now on
     * @throws InvalidRoute if there is one of that name, or the name is not of that form
     */
    public Spread addServer(String name, FileServerHost active) throws InvalidRoute, LookupUnavailable {
        table.addServer(name, active);
        return spreadServer(name);
    }

    /** @throws InvalidRoute if there is none, or owners are still routed to it */
    public Spread removeServer(String name) throws InvalidRoute, LookupUnavailable {
        table.removeServer(name);
        return spreadServer(name);
    }

    /**
     * Adds the last of the stand-bys.
     *
     * @throws InvalidRoute if there is no such server, or it has a host of that name
     */
    public Spread addHost(String server, FileServerHost standBy) throws InvalidRoute, LookupUnavailable {
        table.addHost(server, standBy);
        return spreadServer(server);
    }

    /** @throws InvalidRoute if there is no such server or host, or the host is the active one */
    public Spread removeHost(String server, String host) throws InvalidRoute, LookupUnavailable {
        table.removeHost(server, host);
        return spreadServer(server);
    }

    /**
     * Makes the first of the stand-bys the active host; the one that was active goes to the end.
     *
     * @throws InvalidRoute if there is no such server, or it has no stand-by
     */
    public FailedOver failover(String server) throws InvalidRoute, LookupUnavailable {
        return failedOver(server, table.failover(server));
    }

    /**
     * Makes {@code host} the active one; the one that was active goes to the end.
     *
     * @throws InvalidRoute if there is no such server or host, or it is the active one already
     */
    public FailedOver failover(String server, String host) throws InvalidRoute, LookupUnavailable {
        return failedOver(server, table.failover(server, host));
    }

    /** @param route as it is from now on, the active host in front */
    public record FailedOver(Route route, Spread spread) {}

    /** By name. */
    public List<FileServer> servers() throws LookupUnavailable {
        return table.servers();
    }

    /** The server for a new account: of those that have a host, the one with the fewest owners; empty if there is none. */
    public Optional<String> serverForNewOwner() throws LookupUnavailable {
        return table.serverForNewOwner();
    }

    /** @throws InvalidRoute if there is no such account or server */
    public Spread route(Login owner, String server) throws InvalidRoute, LookupUnavailable {
        table.route(owner, server);
        return refresh(owner);
    }

    /** Brings Redis and the gates up to date about one owner, for instance one that has a new name. */
    public Spread refresh(Login owner) {
        var isTaken = new AtomicBoolean();
        try {
            table.whileUnchanged(owner, server -> isTaken.set(redis.writeRoute(owner, server)));
        } catch (LookupUnavailable e) {
            LOG.atWarn().addKeyValue("owner", owner).log("Redis was not told of a route: {}", e.getMessage());
        }
        return Spread.of(changes.publish(new Change(Change.Kind.ROUTE, owner.lowerCase())) && isTaken.get());
    }

    /** Gives out every route, in no particular order; one that is changed meanwhile may be as it was before. */
    public void forEach(Consumer<OwnerRoute> consumer) throws LookupUnavailable {
        long last = 0;
        for (var page = table.pageAfter(last); !page.isEmpty(); page = table.pageAfter(last)) {
            page.routes().forEach(consumer);
            last = page.lastId();
        }
    }

    /**
     * Fills Redis with what the database has, removes what the database has not, and has every gate ask again. Routes may be used and
     * changed meanwhile.
     *
     * @param progress is told after each batch how many routes were written so far
     * @throws LookupUnavailable if the database or Redis stopped answering; it may be called again
     */
    public Rebuilt rebuild(LongConsumer progress) throws LookupUnavailable {
        return new RouteRebuild(table, redis, changes).run(progress);
    }

    /**
     * @param routes written to Redis
     * @param servers written to Redis
     * @param removed keys of Redis for which the database has nothing
     * @param spread whether the gates were told to ask again
     */
    public record Rebuilt(long routes, long servers, long removed, Spread spread) {}

    private FailedOver failedOver(String server, Route route) {
        return new FailedOver(route, spreadServer(server));
    }

    /** In this order: a gate that hears of the change must not find in Redis what was before. */
    private Spread spreadServer(String server) {
        var isTaken = new AtomicBoolean();
        try {
            table.whileUnchanged(server, route -> isTaken.set(redis.writeServer(server, route)));
        } catch (LookupUnavailable e) {
            LOG.atWarn().addKeyValue("server", server).log("Redis was not told of a change: {}", e.getMessage());
        }
        return Spread.of(changes.publish(new Change(Change.Kind.SERVER, server)) && isTaken.get());
    }
}
