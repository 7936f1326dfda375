package io.gerve.keylookup.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gerve.keylookup.key.Fingerprint;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keys that the database said are revoked. An entry is removed only when it expires: a revocation is final, and a read
 * replica with a valid key lags behind. Safe for use by many threads.
 */
final class RevokedKeys {
    private static final int KEYS_MAX = 100_000;

    private final Cache<Fingerprint, KeyValidity.Revoked> revocations;

    /**
     * @param retention lifetime of an entry. Must exceed the lifetime of cached results and the lag of read replicas.
     */
    RevokedKeys(Duration retention, LongSupplier nanoTime) {
        this.revocations = Caffeine.newBuilder()
                .maximumSize(KEYS_MAX)
                .expireAfterWrite(retention)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Returns the key from the source, as revoked if either the source or this list says so. Records a revocation by
     * the source.
     */
    RegisteredKey withRevocation(RegisteredKey key) {
        if (key.validity() instanceof KeyValidity.Revoked revoked) {
            revocations.put(key.fingerprint(), revoked);
            return key;
        }
        KeyValidity.Revoked revoked = revocations.getIfPresent(key.fingerprint());
        return revoked == null ? key : key.withValidity(revoked);
    }
}
