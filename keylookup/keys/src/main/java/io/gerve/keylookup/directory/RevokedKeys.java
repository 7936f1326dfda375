package io.gerve.keylookup.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gerve.keylookup.key.Fingerprint;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * Keys of which it was heard that they are revoked. Nothing takes a key from the list but age: a revoked key stays revoked, and a
 * replica that says otherwise lags behind. Safe for use by many threads.
 */
final class RevokedKeys {
    private static final int KEYS_MAX = 100_000;

    private final Cache<Fingerprint, KeyValidity.Revoked> revocations;

    /** @param kept longer than any cache keeps an answer and any replica lags behind */
    RevokedKeys(Duration kept, LongSupplier nanoTime) {
        this.revocations = Caffeine.newBuilder()
                .maximumSize(KEYS_MAX)
                .expireAfterWrite(kept)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** Heard from another gate, which did not say why. */
    void recordRevocation(Fingerprint key, Instant at) {
        revocations.asMap().putIfAbsent(key, new KeyValidity.Revoked(at, ""));
    }

    /** What is to be believed of a key that the source tells about. */
    RegisteredKey withRevocation(RegisteredKey told) {
        if (told.validity() instanceof KeyValidity.Revoked revoked) {
            revocations.put(told.fingerprint(), revoked);
            return told;
        }
        KeyValidity.Revoked revoked = revocations.getIfPresent(told.fingerprint());
        return revoked == null ? told : told.withValidity(revoked);
    }
}
