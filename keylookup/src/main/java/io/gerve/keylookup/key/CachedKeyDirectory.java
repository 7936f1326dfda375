package io.gerve.keylookup.key;

import io.gerve.config.LookupSettings;
import io.gerve.lookup.Answer;
import io.gerve.lookup.Change;
import io.gerve.lookup.Changes;
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

    private final LookupCache<Fingerprint, Optional<KnownKey>> cache;
    private final RevokedKeys revoked;
    private final InstantSource clock;

    /**
     * @param nanoTime tells ages, as {@link System#nanoTime} does
     * @param clock dates a revocation that was heard of
     */
    public CachedKeyDirectory(
            KeyDirectory source, LookupSettings settings, Changes changes, LongSupplier nanoTime, InstantSource clock) {
        this.cache = new LookupCache<>(settings, key -> source.find(key).value(), changes, nanoTime);
        this.revoked = new RevokedKeys(settings.kept().plus(REPLICA_LAG_MAX), nanoTime);
        this.clock = clock;
        changes.listen(this::hear);
    }

    @Override
    public Answer<Optional<KnownKey>> find(Fingerprint fingerprint) throws LookupUnavailable {
        Answer<Optional<KnownKey>> told = cache.get(fingerprint);
        return new Answer<>(told.value().map(revoked::believed), told.freshness());
    }

    private void hear(Change change) {
        switch (change.kind()) {
            case KEY -> Fingerprint.parse(change.subject()).ifPresentOrElse(cache::forget, cache::doubtAll);
            case KEY_REVOKED -> Fingerprint.parse(change.subject()).ifPresentOrElse(this::revoke, cache::doubtAll);
            case ACCOUNT ->
                cache.forgetIf((_, key) ->
                        key.filter(known -> isOf(known, change.subject())).isPresent());
            case SITE -> cache.doubtAll();
            case REPOSITORY, ROUTE, SERVER -> {}
        }
    }

    private void revoke(Fingerprint key) {
        revoked.heard(key, clock.instant());
        cache.forget(key);
    }

    private static boolean isOf(KnownKey key, String accountId) {
        return key.holder() instanceof KeyHolder.OfAccount(Account account)
                && Long.toString(account.id()).equals(accountId);
    }
}
