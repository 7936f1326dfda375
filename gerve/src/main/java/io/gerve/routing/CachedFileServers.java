package io.gerve.routing;

import io.gerve.config.CacheSettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.Freshness;
import io.gerve.lookup.LookupCache;
import io.gerve.lookup.LookupUnavailable;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Cache of the hosts of each file server, read from the database only. Redis says at most which file server holds an
 * owner's repositories. A process that can write to Redis can therefore not make a gate connect to a host that the
 * database does not name. Safe for use by many threads.
 */
final class CachedFileServers {
    private final LookupCache<String, Optional<Route>> servers;

    CachedFileServers(
            RouteSource source, InvalidationBus invalidations, CacheSettings settings, LongSupplier nanoTime) {
        this.servers = new LookupCache<>(settings, source::server, invalidations, nanoTime);
        invalidations.listen(this::invalidate);
    }

    /**
     * Returns the route to the hosts of a file server, or empty if the database has no such server.
     *
     * @throws LookupUnavailable if the database could not be queried and no fresh hosts are cached. A stale result is left to
     *     the cache of routes, which knows its age.
     */
    Optional<Route> route(String server) throws LookupUnavailable {
        CachedResult<Optional<Route>> result = servers.get(server);
        if (result.freshness() == Freshness.STALE) {
            throw new LookupUnavailable("hosts of file server " + server + ": only an old result is cached");
        }
        return result.value();
    }

    void bindTo(MeterRegistry registry) {
        servers.bindTo(registry, "file_servers");
    }

    private void invalidate(Invalidation invalidation) {
        switch (invalidation.kind()) {
            case SERVER -> servers.invalidate(invalidation.subject());
            case SITE -> servers.invalidateAll();
            case KEY, ACCOUNT, REPOSITORY, ROUTE -> {}
        }
    }
}
