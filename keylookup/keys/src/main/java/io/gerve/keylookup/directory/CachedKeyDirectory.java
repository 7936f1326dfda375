package io.gerve.keylookup.directory;

import io.gerve.config.CacheSettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupCache;
import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Remembers what another directory said, until a change is heard. A key that was heard of as revoked stays so for a day at
 * least, whatever the other directory, which may ask a lagging replica, says of it.
 */
public final class CachedKeyDirectory implements KeyDirectory {
    private static final Duration REPLICA_LAG_MAX = Duration.ofDays(1);

    private final LookupCache<Fingerprint, Optional<RegisteredKey>> cache;
    private final RevokedKeys revoked;
    private final InstantSource clock;

    /**
     * @param nanoTime tells ages, as {@link System#nanoTime} does
     * @param clock dates a revocation that was heard of
     */
    public CachedKeyDirectory(
            KeyDirectory source,
            CacheSettings settings,
            InvalidationBus changes,
            LongSupplier nanoTime,
            InstantSource clock) {
        this.cache = new LookupCache<>(settings, key -> source.find(key).value(), changes, nanoTime);
        this.revoked = new RevokedKeys(settings.maxStale().plus(REPLICA_LAG_MAX), nanoTime);
        this.clock = clock;
        changes.listen(this::invalidate);
    }

    @Override
    public CachedResult<Optional<RegisteredKey>> find(Fingerprint fingerprint) throws LookupUnavailable {
        CachedResult<Optional<RegisteredKey>> told = cache.get(fingerprint);
        return new CachedResult<>(told.value().map(revoked::withRevocation), told.freshness());
    }

    private void invalidate(Invalidation change) {
        switch (change.kind()) {
            case KEY -> Fingerprint.parse(change.subject()).ifPresentOrElse(cache::invalidate, cache::invalidateAll);
            case KEY_REVOKED -> Fingerprint.parse(change.subject()).ifPresentOrElse(this::revoke, cache::invalidateAll);
            case ACCOUNT ->
                cache.invalidateIf((_, key) ->
                        key.filter(known -> isOf(known, change.subject())).isPresent());
            case SITE -> cache.invalidateAll();
            case REPOSITORY, ROUTE, SERVER -> {}
        }
    }

    private void revoke(Fingerprint key) {
        revoked.recordRevocation(key, clock.instant());
        cache.invalidate(key);
    }

    private static boolean isOf(RegisteredKey key, String accountId) {
        return key.principal() instanceof Principal.OfAccount(Account account)
                && Long.toString(account.id()).equals(accountId);
    }
}
