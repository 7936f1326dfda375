package io.gerve.keylookup.directory;

import io.gerve.config.GerveConfig;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.policy.CompromisedKeys;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Calls compromised keys revoked, whatever another directory says of them. It stands before what remembers, so that a list that changed
 * is felt at once. Safe for use by many threads.
 */
public final class CompromisedKeyDirectory implements KeyDirectory {
    private final KeyDirectory source;
    private final CompromisedKeys compromised;

    public CompromisedKeyDirectory(KeyDirectory source, CompromisedKeys compromised) {
        this.source = source;
        this.compromised = compromised;
    }

    /** The directory that every door of a site asks: the one in MySQL, remembered. */
    public static CompromisedKeyDirectory ofSite(
            GerveConfig site, Database database, InvalidationBus changes, InstantSource clock) {
        var compromised = new CompromisedKeys(site.keylookup().policy().compromisedKeys(), System::nanoTime);
        var registered =
                new MysqlKeyDirectory(database, new KeyPolicy(site.keylookup().policy(), compromised));
        return new CompromisedKeyDirectory(
                new CachedKeyDirectory(registered, site.cache(), changes, System::nanoTime, clock), compromised);
    }

    @Override
    public CachedResult<Optional<RegisteredKey>> find(Fingerprint fingerprint) throws LookupUnavailable {
        CachedResult<Optional<RegisteredKey>> told = source.find(fingerprint);
        return new CachedResult<>(told.value().map(this::judged), told.freshness());
    }

    private RegisteredKey judged(RegisteredKey key) {
        return switch (key.validity()) {
            // Who revoked it said why, and that is what its owner should read.
            case KeyValidity.Revoked _ -> key;
            case KeyValidity.ValidUntil _ ->
                compromised
                        .reason(key.fingerprint(), key.md5Suffix())
                        .map(why -> revoked(key, why))
                        .orElse(key);
        };
    }

    /** Nobody knows since when the key is not its owner's alone. */
    private static RegisteredKey revoked(RegisteredKey key, String why) {
        var validity = new KeyValidity.Revoked(
                Instant.EPOCH, KeyPolicy.ofCompromised(why).message());
        return key.withValidity(validity);
    }
}
