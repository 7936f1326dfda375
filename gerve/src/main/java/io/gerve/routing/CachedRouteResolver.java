package io.gerve.routing;

import io.gerve.config.CacheSettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.Freshness;
import io.gerve.lookup.LookupCache;
import io.gerve.lookup.LookupUnavailable;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cache in front of another resolver. An entry is fresh while the invalidation bus is connected. While the source is
 * unavailable the last known route is used: a route grants no access, and the file server has most likely not changed.
 * A route that was invalidated is not used: a push to a host that is no longer active would be lost.
 */
public final class CachedRouteResolver implements RouteResolver {
    private static final Duration LAST_KNOWN_MAX_STALE = Duration.ofHours(12);
    private static final Logger LOG = LoggerFactory.getLogger(CachedRouteResolver.class);

    private final LookupCache<Login, Optional<Route>> routes;

    /** @param settings cache settings; {@code max_stale} is raised to 12 h, because it bounds rights and not routes */
    public CachedRouteResolver(RouteResolver source, InvalidationBus invalidations, CacheSettings settings) {
        this(source, invalidations, settings, System::nanoTime);
    }

    CachedRouteResolver(
            RouteResolver source, InvalidationBus invalidations, CacheSettings settings, LongSupplier nanoTime) {
        this.routes = new LookupCache<>(withLongerMaxStale(settings), source::routeTo, invalidations, nanoTime);
        invalidations.listen(this::invalidate);
    }

    @Override
    public Optional<Route> routeTo(Login owner) throws LookupUnavailable {
        CachedResult<Optional<Route>> result = routes.get(owner);
        if (result.freshness() == Freshness.STALE) {
            LOG.atDebug().addKeyValue("owner", owner).log("Route look-up failed, using last known route");
        }
        return result.value();
    }

    /** Registers the meters of the cache, once. */
    public void bindTo(MeterRegistry registry) {
        routes.bindTo(registry, "routes");
    }

    private void invalidate(Invalidation invalidation) {
        switch (invalidation.kind()) {
            case ROUTE ->
                Login.parse(invalidation.subject()).ifPresentOrElse(routes::invalidate, routes::invalidateAll);
            case SERVER -> routes.invalidateIf((_, route) -> concerns(invalidation.subject(), route));
            case SITE -> routes.invalidateAll();
            case KEY, ACCOUNT, REPOSITORY -> {}
        }
    }

    private static boolean concerns(String server, Optional<Route> route) {
        return route.filter(known -> known.server().equals(server)).isPresent();
    }

    private static CacheSettings withLongerMaxStale(CacheSettings settings) {
        Duration maxStale =
                settings.cacheTtl().compareTo(LAST_KNOWN_MAX_STALE) > 0 ? settings.cacheTtl() : LAST_KNOWN_MAX_STALE;
        return new CacheSettings(
                settings.cacheTtl(),
                maxStale,
                settings.entriesMax(),
                settings.lookupTimeout(),
                settings.concurrentLookupsMax());
    }
}
