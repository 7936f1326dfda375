package io.gerve.routing;

import com.github.benmanes.caffeine.cache.Ticker;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Redis, and the database behind it when Redis does not know, is away, is out of step, or holds what cannot be believed: an empty
 * Redis never means that there is no route. What was found behind is put in Redis.
 *
 * <p>Redis is believed at a generation that the database confirmed since the gate last connected to Redis: a Redis that comes back with
 * what it held before a fail-over must not have pushes sent to the old host. Safe for use by many threads.
 */
public final class RedisRouteResolver implements RouteResolver {
    /** A frozen Redis costs each question its whole timeout. After one that failed, the others go past it for so long. */
    private static final Duration REDIS_RETRY_AFTER = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(RedisRouteResolver.class);

    private final RedisRouteStore routes;
    private final RouteSource source;
    private final InvalidationBus changes;
    private final Ticker ticker;
    private final StaleRedisCleaner stale;
    private volatile long askAgainAt;
    private volatile Optional<String> confirmed = Optional.empty();

    public RedisRouteResolver(RedisRouteStore routes, MysqlRouteResolver behind, InvalidationBus changes) {
        this(routes, behind, changes, Ticker.systemTicker());
    }

    RedisRouteResolver(RedisRouteStore routes, RouteSource behind, InvalidationBus changes, Ticker ticker) {
        this.routes = routes;
        this.source = behind;
        this.changes = changes;
        this.ticker = ticker;
        this.stale = new StaleRedisCleaner(routes, behind, ticker);
        this.askAgainAt = ticker.read();
        changes.listen(this::invalidate);
    }

    @Override
    public Optional<Route> routeTo(Login owner) throws LookupUnavailable {
        Optional<RedisRouteStore.CachedRoute> read = read(owner);
        Optional<Route> known = read.filter(this::isConfirmed).flatMap(RedisRouteStore.CachedRoute::route);
        return known.isPresent() ? known : routeFromSource(owner, read);
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
            stale.report(read.generation(), found.generation());
        }
    }

    /** A Redis that started anew is noticed when changes are not heard any more. */
    private boolean isConfirmed(RedisRouteStore.CachedRoute read) {
        return changes.isConnected()
                && confirmed.filter(read.generation()::equals).isPresent();
    }

    private void invalidate(Invalidation change) {
        if (change.kind() == Invalidation.Kind.SITE) {
            confirmed = Optional.empty();
        }
    }

    /** @return empty if Redis cannot be asked */
    private Optional<RedisRouteStore.CachedRoute> read(Login owner) {
        if (ticker.read() - askAgainAt < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(routes.read(owner));
        } catch (LookupUnavailable e) {
            askAgainAt = ticker.read() + REDIS_RETRY_AFTER.toNanos();
            routes.dropConnections();
            LOG.atWarn().addKeyValue("cause", e.getCause()).log("Redis does not answer; routes come from the database");
            return Optional.empty();
        }
    }
}
