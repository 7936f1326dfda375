package io.gerve.chimney;

import io.gerve.keylookup.key.Actor;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.Change;
import io.gerve.lookup.Changes;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes routes, for operators: first in the database, which is the truth, then in Redis, then in what gates remember. Redis is
 * written before the transaction ends, so that of two changes at one time the later one is also the later in Redis.
 *
 * <p>Every method throws {@link LookupUnavailable} if the database does not answer, from which follows that nothing was changed, but
 * for a connection that was lost while it committed.
 */
public final class RouteTable {
    private static final Logger LOG = LoggerFactory.getLogger(RouteTable.class);

    private final MysqlRouteTable table;
    private final MysqlChimney source;
    private final RedisRoutes redis;
    private final Changes changes;

    /** @param actor who makes the changes, of which each is recorded in its transaction */
    public RouteTable(Database database, RedisRoutes redis, Changes changes, InstantSource clock, Actor actor) {
        this.table = new MysqlRouteTable(database, redis, clock, actor);
        this.source = new MysqlChimney(database);
        this.redis = redis;
        this.changes = changes;
    }

    /**
     * @param name 1 to 63 lower-case letters, digits and hyphens
     * @param active takes reads and writes from now on
     * @throws InvalidRoute if there is one of that name, or the name is not of that form
     */
    public Spread addServer(String name, FileServerHost active) throws InvalidRoute, LookupUnavailable {
        return server(name, () -> table.addServer(name, active)).spread();
    }

    /** @throws InvalidRoute if there is none, or owners are still routed to it */
    public Spread removeServer(String name) throws InvalidRoute, LookupUnavailable {
        return server(name, () -> table.removeServer(name)).spread();
    }

    /**
     * Adds the last of the stand-bys.
     *
     * @throws InvalidRoute if there is no such server, or it has a host of that name
     */
    public Spread addHost(String server, FileServerHost standBy) throws InvalidRoute, LookupUnavailable {
        return server(server, () -> table.addHost(server, standBy)).spread();
    }

    /** @throws InvalidRoute if there is no such server or host, or the host is the active one */
    public Spread removeHost(String server, String host) throws InvalidRoute, LookupUnavailable {
        return server(server, () -> table.removeHost(server, host)).spread();
    }

    /**
     * Makes the first of the stand-bys the active host; the one that was active goes to the end.
     *
     * @throws InvalidRoute if there is no such server, or it has no stand-by
     */
    public FailedOver failover(String server) throws InvalidRoute, LookupUnavailable {
        return failedOver(server(server, () -> table.failover(server)));
    }

    /**
     * Makes {@code host} the active one; the one that was active goes to the end.
     *
     * @throws InvalidRoute if there is no such server or host, or it is the active one already
     */
    public FailedOver failover(String server, String host) throws InvalidRoute, LookupUnavailable {
        return failedOver(server(server, () -> table.failover(server, host)));
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
        return told(routeOf(owner), () -> table.route(owner, server)).spread();
    }

    /** Brings Redis and the gates up to date about one owner, for instance one that has a new name. */
    public Spread refresh(Login owner) {
        try {
            return told(routeOf(owner), () -> table.refresh(owner)).spread();
        } catch (LookupUnavailable | InvalidRoute e) {
            LOG.atWarn().addKeyValue("owner", owner).log("Redis was not told of a route: {}", e.getMessage());
            return Spread.DATABASE_ONLY;
        }
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
        var counts = new RouteRebuild(table, redis, Filling.begin(source, redis)).run(progress);
        return new Rebuilt(
                counts.routes(), counts.servers(), counts.removed(), Spread.of(changes.publish(Change.site())));
    }

    /**
     * @param routes written to Redis
     * @param servers written to Redis
     * @param removed keys of Redis for which the database has nothing
     * @param spread whether the gates were told to ask again
     */
    public record Rebuilt(long routes, long servers, long removed, Spread spread) {}

    private interface Work<T> {
        MysqlRouteTable.Changed<T> run() throws InvalidRoute, LookupUnavailable;
    }

    private record Told<T>(T result, Spread spread) {}

    private static FailedOver failedOver(Told<Route> told) {
        return new FailedOver(told.result(), told.spread());
    }

    private <T> Told<T> server(String name, Work<T> work) throws InvalidRoute, LookupUnavailable {
        return told(new Change(Change.Kind.SERVER, name), work);
    }

    private static Change routeOf(Login owner) {
        return new Change(Change.Kind.ROUTE, owner.lowerCase());
    }

    private <T> Told<T> told(Change change, Work<T> work) throws InvalidRoute, LookupUnavailable {
        MysqlRouteTable.Changed<T> changed;
        try {
            changed = work.run();
        } catch (LookupUnavailable e) {
            // It may hold all the same, if the connection was lost while it committed.
            changes.publish(change);
            throw e;
        }
        return new Told<>(changed.result(), Spread.of(changes.publish(change) && changed.isInRedis()));
    }
}
