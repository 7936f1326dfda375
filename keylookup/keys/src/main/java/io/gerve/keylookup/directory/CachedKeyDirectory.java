package io.gerve.keylookup.directory;

import io.gerve.config.CacheSettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupCache;
import io.gerve.lookup.LookupUnavailable;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Key directory that caches the results of another directory until they are invalidated. A message only makes it
 * forget a key and ask again: a forged message locks nobody out. A key that the other directory once found revoked
 * stays revoked for at least a day, even if a lagging read replica finds it valid later.
 */
public final class CachedKeyDirectory implements KeyDirectory {
    private static final Duration REPLICA_LAG_MAX = Duration.ofDays(1);

    private final LookupCache<Fingerprint, Optional<RegisteredKey>> cache;
    private final RevokedKeys revoked;

    /**
     * Creates a cache and registers it with the bus.
     *
     * @param nanoTime clock for ages, such as {@link System#nanoTime}
     */
    public CachedKeyDirectory(
            KeyDirectory source, CacheSettings settings, InvalidationBus invalidations, LongSupplier nanoTime) {
        this.cache = new LookupCache<>(settings, key -> source.find(key).value(), invalidations, nanoTime);
        this.revoked = new RevokedKeys(settings.maxStale().plus(REPLICA_LAG_MAX), nanoTime);
        invalidations.listen(this::invalidate);
    }

    @Override
    public CachedResult<Optional<RegisteredKey>> find(Fingerprint fingerprint) throws LookupUnavailable {
        CachedResult<Optional<RegisteredKey>> result = cache.get(fingerprint);
        return new CachedResult<>(result.value().map(revoked::withRevocation), result.freshness());
    }

    /** Registers the meters of the cache, once. */
    public void bindTo(MeterRegistry registry) {
        cache.bindTo(registry, "keys");
    }

    private void invalidate(Invalidation invalidation) {
        String subject = invalidation.subject();
        switch (invalidation.kind()) {
            case KEY -> Fingerprint.parse(subject).ifPresentOrElse(cache::invalidate, cache::invalidateAll);
            case ACCOUNT ->
                cache.invalidateIf((_, result) ->
                        result.filter(key -> belongsTo(key, subject)).isPresent());
            case SITE -> cache.invalidateAll();
            case REPOSITORY, ROUTE, SERVER -> {}
        }
    }

    private static boolean belongsTo(RegisteredKey key, String accountId) {
        return key.principal() instanceof Principal.OfAccount(Account account)
                && Long.toString(account.id()).equals(accountId);
    }
}
