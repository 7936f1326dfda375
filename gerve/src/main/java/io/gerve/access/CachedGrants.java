package io.gerve.access;

import io.gerve.config.CacheSettings;
import io.gerve.git.RepositoryName;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupCache;
import io.gerve.lookup.LookupUnavailable;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;

/**
 * Cache in front of another source of grants. Entries are dropped when an invalidation names them; stale entries serve
 * while the source is unavailable. Safe for use by many threads.
 */
public final class CachedGrants implements Grants {
    private final LookupCache<Key, AccessFacts> cache;

    /** @param nanoTime monotonic clock, such as {@link System#nanoTime} */
    public CachedGrants(CacheSettings settings, Grants source, InvalidationBus invalidations, LongSupplier nanoTime) {
        this.cache = new LookupCache<>(
                settings, key -> source.find(key.principal, key.name).value(), invalidations, nanoTime);
        invalidations.listen(this::invalidate);
    }

    @Override
    public CachedResult<AccessFacts> find(PrincipalId principal, RepositoryName name) throws LookupUnavailable {
        return cache.get(new Key(principal, name));
    }

    /** Registers the meters of the cache, once. */
    public void bindTo(MeterRegistry registry) {
        cache.bindTo(registry, "grants");
    }

    private void invalidate(Invalidation invalidation) {
        String id = invalidation.subject();
        switch (invalidation.kind()) {
            case SITE -> cache.invalidateAll();
            case ACCOUNT ->
                cache.invalidateIf((key, facts) -> key.mayChange(facts) || key.isOf(id) || isOwnedBy(id, facts));
            case REPOSITORY -> cache.invalidateIf((key, facts) -> key.mayChange(facts) || concerns(id, facts));
            case KEY -> cache.invalidateIf((key, _) -> key.principal instanceof PrincipalId.OfDeployKey);
            case ROUTE, SERVER -> {}
        }
    }

    private static boolean isOwnedBy(String account, AccessFacts facts) {
        return facts instanceof AccessFacts.Known known && is(known.owner().id(), account);
    }

    private static boolean concerns(String repository, AccessFacts facts) {
        return facts instanceof AccessFacts.Known known && is(known.repository().id(), repository);
    }

    /** Compares as text, because a subject that a foreign program published may not be a number. */
    private static boolean is(long id, String subject) {
        return subject.equals(Long.toString(id));
    }

    private record Key(PrincipalId principal, RepositoryName name) {
        /**
         * Returns whether a change to another repository or account may change these facts. That is so if no repository
         * was found, or one by its former name: another repository may have taken the name. A repository that the
         * principal may not read is treated like one that does not exist, so that the response time of the next request
         * does not reveal which of the two it is.
         */
        boolean mayChange(AccessFacts facts) {
            return !facts.isReadable() || isByFormerName(facts);
        }

        private boolean isByFormerName(AccessFacts facts) {
            return facts instanceof AccessFacts.Known known
                    && !known.repository().name().equals(name);
        }

        boolean isOf(String account) {
            return principal instanceof PrincipalId.OfAccount(var id) && is(id, account);
        }
    }
}
