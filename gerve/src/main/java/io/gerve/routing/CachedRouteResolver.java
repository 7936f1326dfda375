package io.gerve.routing;

import io.gerve.config.CacheSettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.Freshness;
import io.gerve.lookup.LookupCache;
import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers routes while changes to them are heard, and falls back on the last one known when nobody can be asked: a route is not a
 * right, and the file server is most likely where it was. What is heard to have changed is forgotten and not fallen back on: a push
 * to a host that is no longer the active one would be lost.
 */
public final class CachedRouteResolver implements RouteResolver {
    private static final Duration LAST_KNOWN_MAX_STALE = Duration.ofHours(12);
    private static final Logger LOG = LoggerFactory.getLogger(CachedRouteResolver.class);

    private final LookupCache<Login, Optional<Route>> routes;

    /** @param settings of which {@code kept} does not matter here: it is for rights */
    public CachedRouteResolver(RouteResolver source, InvalidationBus changes, CacheSettings settings) {
        this(source, changes, settings, System::nanoTime);
    }

    CachedRouteResolver(RouteResolver source, InvalidationBus changes, CacheSettings settings, LongSupplier nanoTime) {
        this.routes = new LookupCache<>(withLongerMaxStale(settings), source::routeTo, changes, nanoTime);
        changes.listen(this::invalidate);
    }

    @Override
    public Optional<Route> routeTo(Login owner) throws LookupUnavailable {
        CachedResult<Optional<Route>> answer = routes.get(owner);
        if (answer.freshness() == Freshness.STALE) {
            LOG.atDebug().addKeyValue("owner", owner).log("The last route known is used");
        }
        return answer.value();
    }

    private void invalidate(Invalidation change) {
        switch (change.kind()) {
            case ROUTE -> Login.parse(change.subject()).ifPresentOrElse(routes::invalidate, routes::invalidateAll);
            case SERVER -> routes.invalidateIf((_, route) -> concerns(change.subject(), route));
            case SITE -> routes.invalidateAll();
            case KEY, KEY_REVOKED, ACCOUNT, REPOSITORY -> {}
        }
    }

    private static boolean concerns(String server, Optional<Route> route) {
        return route.filter(known -> known.server().equals(server)).isPresent();
    }

    private static CacheSettings withLongerMaxStale(CacheSettings settings) {
        Duration kept =
                settings.cacheTtl().compareTo(LAST_KNOWN_MAX_STALE) > 0 ? settings.cacheTtl() : LAST_KNOWN_MAX_STALE;
        return new CacheSettings(
                settings.cacheTtl(),
                kept,
                settings.entriesMax(),
                settings.lookupTimeout(),
                settings.concurrentLookupsMax());
    }
}
