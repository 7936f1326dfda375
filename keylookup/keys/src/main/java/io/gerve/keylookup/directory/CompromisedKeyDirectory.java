package io.gerve.keylookup.directory;

import io.gerve.config.GerveConfig;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.policy.CompromisedKeys;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.Optional;

/**
 * Key directory that returns compromised keys as revoked. It wraps the cache, so that a change of a list of compromised
 * keys takes effect at once. Safe for use by many threads.
 */
public final class CompromisedKeyDirectory implements KeyDirectory {
    private final KeyDirectory source;
    private final CompromisedKeys compromised;

    public CompromisedKeyDirectory(KeyDirectory source, CompromisedKeys compromised) {
        this.source = source;
        this.compromised = compromised;
    }

    /**
     * Creates the directory that every frontend of a site uses: the cached directory in MySQL, without compromised
     * keys.
     */
    public static CompromisedKeyDirectory ofSite(
            GerveConfig site, Database database, InvalidationBus invalidations, MeterRegistry registry) {
        var compromised = new CompromisedKeys(site.keylookup().policy().compromisedKeys(), System::nanoTime);
        var registered =
                new MysqlKeyDirectory(database, new KeyPolicy(site.keylookup().policy(), compromised));
        var cached = new CachedKeyDirectory(registered, site.cache(), invalidations, System::nanoTime);
        cached.bindTo(registry);
        return new CompromisedKeyDirectory(cached, compromised);
    }

    @Override
    public CachedResult<Optional<RegisteredKey>> find(Fingerprint fingerprint) throws LookupUnavailable {
        CachedResult<Optional<RegisteredKey>> result = source.find(fingerprint);
        return new CachedResult<>(result.value().map(this::revokedIfCompromised), result.freshness());
    }

    private RegisteredKey revokedIfCompromised(RegisteredKey key) {
        return switch (key.validity()) {
            // The reason that was given with the revocation takes precedence.
            case KeyValidity.Revoked _ -> key;
            case KeyValidity.ValidUntil _ ->
                compromised
                        .reason(key.fingerprint(), key.md5Suffix())
                        .map(reason -> revoked(key, reason))
                        .orElse(key);
        };
    }

    /** Returns the key as revoked since the epoch, since the time at which it was compromised is not known. */
    private static RegisteredKey revoked(RegisteredKey key, String reason) {
        var validity = new KeyValidity.Revoked(
                Instant.EPOCH, KeyPolicy.compromisedKeyIssue(reason).message());
        return key.withValidity(validity);
    }
}
