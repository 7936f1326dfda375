package io.gerve.routing;

import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.Login;
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
public final class RouteService {
    private static final Logger LOG = LoggerFactory.getLogger(RouteService.class);

    private final MysqlRouteStore table;
    private final MysqlRouteResolver source;
    private final RedisRouteStore redis;
    private final InvalidationBus changes;

    /** @param actor who makes the changes, of which each is recorded in its transaction */
    public RouteService(
            Database database, RedisRouteStore redis, InvalidationBus changes, InstantSource clock, Actor actor) {
        this.table = new MysqlRouteStore(database, redis, clock, actor);
        this.source = new MysqlRouteResolver(database);
        this.redis = redis;
        this.changes = changes;
    }

    /**
     * @param name 1 to 63 lower-case letters, digits and hyphens
     * @param active takes reads and writes from now on
     * @throws RouteChangeRefused if there is one of that name, or the name is not of that form
     */
    public Propagation addServer(String name, FileServerHost active) throws RouteChangeRefused, LookupUnavailable {
        return server(name, () -> table.addServer(name, active)).propagation();
    }

    /** @throws RouteChangeRefused if there is none, or owners are still routed to it */
    public Propagation removeServer(String name) throws RouteChangeRefused, LookupUnavailable {
        return server(name, () -> table.removeServer(name)).propagation();
    }

    /**
     * Adds the last of the stand-bys.
     *
     * @throws RouteChangeRefused if there is no such server, or it has a host of that name
     */
    public Propagation addHost(String server, FileServerHost standBy) throws RouteChangeRefused, LookupUnavailable {
        return server(server, () -> table.addHost(server, standBy)).propagation();
    }

    /** @throws RouteChangeRefused if there is no such server or host, or the host is the active one */
    public Propagation removeHost(String server, String host) throws RouteChangeRefused, LookupUnavailable {
        return server(server, () -> table.removeHost(server, host)).propagation();
    }

    /**
     * Makes the first of the stand-bys the active host; the one that was active goes to the end.
     *
     * @throws RouteChangeRefused if there is no such server, or it has no stand-by
     */
    public FailedOver failover(String server) throws RouteChangeRefused, LookupUnavailable {
        return failoverResult(server(server, () -> table.failover(server)));
    }

    /**
     * Makes {@code host} the active one; the one that was active goes to the end.
     *
     * @throws RouteChangeRefused if there is no such server or host, or it is the active one already
     */
    public FailedOver failover(String server, String host) throws RouteChangeRefused, LookupUnavailable {
        return failoverResult(server(server, () -> table.failover(server, host)));
    }

    /** @param route as it is from now on, the active host in front */
    public record FailedOver(Route route, Propagation propagation) {}

    /** By name. */
    public List<FileServer> servers() throws LookupUnavailable {
        return table.servers();
    }

    /** The server for a new account: of those that have a host, the one with the fewest owners; empty if there is none. */
    public Optional<String> serverForNewOwner() throws LookupUnavailable {
        return table.serverForNewOwner();
    }

    /** @throws RouteChangeRefused if there is no such account or server */
    public Propagation route(Login owner, String server) throws RouteChangeRefused, LookupUnavailable {
        return propagated(routeOf(owner), () -> table.route(owner, server)).propagation();
    }

    /** Brings Redis and the gates up to date about one owner, for instance one that has a new name. */
    public Propagation refresh(Login owner) {
        try {
            return propagated(routeOf(owner), () -> table.refresh(owner)).propagation();
        } catch (LookupUnavailable | RouteChangeRefused e) {
            LOG.atWarn().addKeyValue("owner", owner).log("Redis was not told of a route: {}", e.getMessage());
            return Propagation.DATABASE_ONLY;
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
        var counts = new RouteRebuild(table, redis, RedisRouteRefill.begin(source, redis)).run(progress);
        return new Rebuilt(
                counts.routes(),
                counts.servers(),
                counts.removed(),
                Propagation.of(changes.publish(Invalidation.site())));
    }

    /**
     * @param routes written to Redis
     * @param servers written to Redis
     * @param removed keys of Redis for which the database has nothing
     * @param propagation whether the gates were told to ask again
     */
    public record Rebuilt(long routes, long servers, long removed, Propagation propagation) {}

    private interface Work<T> {
        MysqlRouteStore.Changed<T> run() throws RouteChangeRefused, LookupUnavailable;
    }

    private record Changed<T>(T result, Propagation propagation) {}

    private static FailedOver failoverResult(Changed<Route> told) {
        return new FailedOver(told.result(), told.propagation());
    }

    private <T> Changed<T> server(String name, Work<T> work) throws RouteChangeRefused, LookupUnavailable {
        return propagated(new Invalidation(Invalidation.Kind.SERVER, name), work);
    }

    private static Invalidation routeOf(Login owner) {
        return new Invalidation(Invalidation.Kind.ROUTE, owner.lowerCase());
    }

    private <T> Changed<T> propagated(Invalidation change, Work<T> work) throws RouteChangeRefused, LookupUnavailable {
        MysqlRouteStore.Changed<T> changed;
        try {
            changed = work.run();
        } catch (LookupUnavailable e) {
            // It may hold all the same, if the connection was lost while it committed.
            changes.publish(change);
            throw e;
        }
        return new Changed<>(changed.result(), Propagation.of(changes.publish(change) && changed.isInRedis()));
    }
}
