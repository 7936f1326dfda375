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
 * Changes of routes by operators. A change is made in the database, which is authoritative, then in Redis, then
 * published to the caches of the gates. Redis is written before the transaction commits, so that concurrent changes
 * reach Redis in the order of their commits.
 *
 * <p>Every method throws {@link LookupUnavailable} if the database is unavailable. Nothing was changed then, except if
 * the connection was lost during the commit.
 */
public final class RouteService {
    private static final Logger LOG = LoggerFactory.getLogger(RouteService.class);

    private final MysqlRouteStore store;
    private final MysqlRouteResolver source;
    private final RedisRouteStore redis;
    private final InvalidationBus invalidations;

    /** @param actor actor that is recorded with each change, in its transaction */
    public RouteService(
            Database database, RedisRouteStore redis, InvalidationBus invalidations, InstantSource clock, Actor actor) {
        this.store = new MysqlRouteStore(database, redis, clock, actor);
        this.source = new MysqlRouteResolver(database);
        this.redis = redis;
        this.invalidations = invalidations;
    }

    /**
     * Adds a file server.
     *
     * @param name 1 to 63 lower-case letters, digits and hyphens
     * @param active host that takes reads and writes from now on
     * @throws RouteChangeRefused if a server of that name exists or the name is invalid
     */
    public Propagation addServer(String name, FileServerHost active) throws RouteChangeRefused, LookupUnavailable {
        return server(name, () -> store.addServer(name, active)).propagation();
    }

    /**
     * Removes a file server.
     *
     * @throws RouteChangeRefused if the server does not exist or owners are still routed to it
     */
    public Propagation removeServer(String name) throws RouteChangeRefused, LookupUnavailable {
        return server(name, () -> store.removeServer(name)).propagation();
    }

    /**
     * Adds a host as the last standby.
     *
     * @throws RouteChangeRefused if the server does not exist or has a host of that name
     */
    public Propagation addHost(String server, FileServerHost standBy) throws RouteChangeRefused, LookupUnavailable {
        return server(server, () -> store.addHost(server, standBy)).propagation();
    }

    /**
     * Removes a standby.
     *
     * @throws RouteChangeRefused if the server or host does not exist or the host is active
     */
    public Propagation removeHost(String server, String host) throws RouteChangeRefused, LookupUnavailable {
        return server(server, () -> store.removeHost(server, host)).propagation();
    }

    /**
     * Makes the first standby the active host; the previous active host becomes the last standby.
     *
     * @throws RouteChangeRefused if the server does not exist or has no standby
     */
    public FailedOver failover(String server) throws RouteChangeRefused, LookupUnavailable {
        return failoverResult(server(server, () -> store.failover(server)));
    }

    /**
     * Makes {@code host} the active host; the previous active host becomes the last standby.
     *
     * @throws RouteChangeRefused if the server or host does not exist or the host is already active
     */
    public FailedOver failover(String server, String host) throws RouteChangeRefused, LookupUnavailable {
        return failoverResult(server(server, () -> store.failover(server, host)));
    }

    /** @param route route after the failover, active host first */
    public record FailedOver(Route route, Propagation propagation) {}

    /** Returns all file servers, ordered by name. */
    public List<FileServer> servers() throws LookupUnavailable {
        return store.servers();
    }

    /**
     * Returns the server for a new account: the one with the fewest owners among those that have a host, or empty if
     * there is none.
     */
    public Optional<String> serverForNewOwner() throws LookupUnavailable {
        return store.serverForNewOwner();
    }

    /**
     * Routes an owner to a server.
     *
     * @throws RouteChangeRefused if the account or server does not exist
     */
    public Propagation route(Login owner, String server) throws RouteChangeRefused, LookupUnavailable {
        return propagated(routeOf(owner), () -> store.route(owner, server)).propagation();
    }

    /** Updates Redis and the gates for one owner, for example after a rename. */
    public Propagation refresh(Login owner) {
        try {
            return propagated(routeOf(owner), () -> store.refresh(owner)).propagation();
        } catch (LookupUnavailable | RouteChangeRefused e) {
            LOG.atWarn().addKeyValue("owner", owner).log("Redis update of a route failed: {}", e.getMessage());
            return Propagation.DATABASE_ONLY;
        }
    }

    /**
     * Passes every route to the consumer, in no particular order. A route that is changed meanwhile may be passed in
     * its previous state.
     */
    public void forEach(Consumer<OwnerRoute> consumer) throws LookupUnavailable {
        long last = 0;
        for (var page = store.pageAfter(last); !page.isEmpty(); page = store.pageAfter(last)) {
            page.routes().forEach(consumer);
            last = page.lastId();
        }
    }

    /**
     * Fills Redis from the database, removes keys that the database does not have, and invalidates the caches of all
     * gates. Routes may be used and changed meanwhile.
     *
     * @param progress receives the number of routes written so far, after each batch
     * @throws LookupUnavailable if the database or Redis became unavailable; the method may be called again
     */
    public Rebuilt rebuild(LongConsumer progress) throws LookupUnavailable {
        var counts = new RouteRebuild(store, redis, RedisRouteRefill.begin(source, redis)).run(progress);
        return new Rebuilt(
                counts.routes(), counts.removed(), Propagation.of(invalidations.publish(Invalidation.site())));
    }

    /**
     * @param routes number of routes written to Redis
     * @param removed number of keys removed because the database does not have them
     * @param propagation whether the gates were notified to invalidate their caches
     */
    public record Rebuilt(long routes, long removed, Propagation propagation) {}

    private interface Work<T> {
        MysqlRouteStore.Changed<T> run() throws RouteChangeRefused, LookupUnavailable;
    }

    private record Changed<T>(T result, Propagation propagation) {}

    private static FailedOver failoverResult(Changed<Route> changed) {
        return new FailedOver(changed.result(), changed.propagation());
    }

    private <T> Changed<T> server(String name, Work<T> work) throws RouteChangeRefused, LookupUnavailable {
        return propagated(new Invalidation(Invalidation.Kind.SERVER, name), work);
    }

    private static Invalidation routeOf(Login owner) {
        return new Invalidation(Invalidation.Kind.ROUTE, owner.lowerCase());
    }

    private <T> Changed<T> propagated(Invalidation invalidation, Work<T> work)
            throws RouteChangeRefused, LookupUnavailable {
        MysqlRouteStore.Changed<T> changed;
        try {
            changed = work.run();
        } catch (LookupUnavailable e) {
            // The change may have been committed, if the connection was lost during the commit.
            invalidations.publish(invalidation);
            throw e;
        }
        return new Changed<>(
                changed.result(), Propagation.of(invalidations.publish(invalidation) && changed.isInRedis()));
    }
}
