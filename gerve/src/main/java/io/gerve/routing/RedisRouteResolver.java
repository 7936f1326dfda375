package io.gerve.routing;

import com.github.benmanes.caffeine.cache.Ticker;
import io.gerve.config.CacheSettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.Login;
import io.gerve.logging.LoggedEvents;
import io.gerve.lookup.CircuitBreaker;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.redis.RedisFailure;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resolver that reads Redis and falls back to the database if Redis has no route, is unavailable, is out of sync, or
 * holds an invalid value. A missing key in Redis never means that the owner has no route. Routes found in the database
 * are written to Redis.
 *
 * <p>Redis says which file server holds an owner's repositories; the hosts of the server come from the database
 * ({@link CachedFileServers}).
 *
 * <p>Redis is trusted only at a generation that the database confirmed since the gate last connected to Redis.
 * Otherwise a Redis that was restored with data from before a failover would send pushes to the previous host. Safe for
 * use by many threads.
 */
public final class RedisRouteResolver implements RouteResolver {
    /** Time without Redis after a failed query. A frozen Redis costs each query its whole timeout. */
    private static final Duration BREAKER_OPEN = Duration.ofSeconds(1);

    /** A read of Redis that takes this part of the time of a look-up counts as a failure. */
    private static final int SLOW_PART = 4;

    private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(RedisRouteResolver.class);

    private final RedisRouteStore routes;
    private final RouteSource source;
    private final InvalidationBus invalidations;
    private final CircuitBreaker redisBreaker;
    private final CachedFileServers servers;
    private final StaleRedisCleaner cleaner;
    private final LongSupplier nanoTime;
    private final long slowNanos;
    private final LoggedEvents unknownServers = new LoggedEvents(LOG_INTERVAL);
    private volatile Optional<String> confirmed = Optional.empty();

    /** @param settings how long the hosts of a file server are cached */
    public RedisRouteResolver(
            RedisRouteStore routes, MysqlRouteResolver source, InvalidationBus invalidations, CacheSettings settings) {
        this(routes, source, invalidations, settings, Ticker.systemTicker());
    }

    RedisRouteResolver(
            RedisRouteStore routes,
            RouteSource source,
            InvalidationBus invalidations,
            CacheSettings settings,
            Ticker ticker) {
        this.routes = routes;
        this.source = source;
        this.invalidations = invalidations;
        this.redisBreaker = new CircuitBreaker(1, BREAKER_OPEN, ticker::read);
        this.servers = new CachedFileServers(source, invalidations, settings, ticker::read);
        this.cleaner = new StaleRedisCleaner(routes, source, ticker);
        this.nanoTime = ticker::read;
        this.slowNanos = settings.lookupTimeout().toNanos() / SLOW_PART;
        invalidations.listen(this::invalidate);
    }

    /** Registers the meters of the cached file servers and of the queries of Redis, once. */
    public void bindTo(MeterRegistry registry) {
        servers.bindTo(registry);
        routes.bindTo(registry);
    }

    @Override
    public Optional<Route> routeTo(Login owner) throws LookupUnavailable {
        Optional<RedisRouteStore.CachedRoute> read = read(owner);
        Optional<String> server = read.filter(this::isConfirmed).flatMap(RedisRouteStore.CachedRoute::server);
        Optional<Route> known = server.isPresent() ? servers.route(server.get()) : Optional.empty();
        if (server.isPresent() && known.isEmpty()) {
            logUnknownServer(owner, server.get());
        }
        return known.isPresent() ? known : routeFromSource(owner, read);
    }

    private void logUnknownServer(Login owner, String server) {
        long times = unknownServers.count();
        if (times > 0) {
            LOG.atError()
                    .addKeyValue("owner", owner.text())
                    .addKeyValue("server", server)
                    .addKeyValue("times", times)
                    .log("Redis names a file server that MySQL does not have, reading the route from MySQL");
        }
    }

    private Optional<Route> routeFromSource(Login owner, Optional<RedisRouteStore.CachedRoute> read)
            throws LookupUnavailable {
        RouteSource.Found found = source.find(owner);
        if (read.isPresent()) {
            compare(owner, read.get(), found);
        }
        return found.route();
    }

    private void compare(Login owner, RedisRouteStore.CachedRoute read, RouteSource.Found found) {
        if (read.generation().equals(found.generation())) {
            confirmed = Optional.of(found.generation());
            found.route().ifPresent(route -> routes.refill(owner, route, found.generation()));
        } else {
            cleaner.report(read.generation(), found.generation());
        }
    }

    /**
     * Returns whether the generation is confirmed. A restarted Redis is noticed by the lost connection of the
     * invalidation bus.
     */
    private boolean isConfirmed(RedisRouteStore.CachedRoute read) {
        return invalidations.isConnected()
                && confirmed.filter(read.generation()::equals).isPresent();
    }

    private void invalidate(Invalidation invalidation) {
        if (invalidation.kind() == Invalidation.Kind.SITE) {
            confirmed = Optional.empty();
        }
    }

    /** Reads the route from Redis, or returns empty if Redis is unavailable. */
    private Optional<RedisRouteStore.CachedRoute> read(Login owner) {
        if (!redisBreaker.allowsCall()) {
            return Optional.empty();
        }
        long began = nanoTime.getAsLong();
        Optional<RedisRouteStore.CachedRoute> route = Optional.empty();
        try {
            route = Optional.of(routes.read(owner));
        } catch (LookupUnavailable e) {
            routes.dropConnections();
            LOG.atWarn()
                    .addKeyValue("cause", RedisFailure.explain(Objects.requireNonNullElse(e.getCause(), e)))
                    .log("Redis unavailable, reading routes from MySQL");
        } finally {
            // An error, too, must have an outcome: the breaker would stay half-open. A Redis each of whose replies is
            // slow but in time would use up the time of the look-ups.
            if (route.isPresent() && nanoTime.getAsLong() - began < slowNanos) {
                redisBreaker.succeeded();
            } else {
                redisBreaker.failed();
            }
        }
        return route;
    }
}
