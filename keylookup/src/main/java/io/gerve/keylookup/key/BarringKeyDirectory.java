package io.gerve.keylookup.key;

import io.gerve.config.GerveConfig;
import io.gerve.lookup.Answer;
import io.gerve.lookup.Changes;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Calls compromised keys revoked, whatever another directory says of them. It stands before what remembers, so that a list that changed
 * is felt at once. Safe for use by many threads.
 */
public final class BarringKeyDirectory implements KeyDirectory {
    private final KeyDirectory source;
    private final CompromisedKeys compromised;

    public BarringKeyDirectory(KeyDirectory source, CompromisedKeys compromised) {
        this.source = source;
        this.compromised = compromised;
    }

    /** The directory that every door of a site asks: the one in MySQL, remembered. */
    public static BarringKeyDirectory ofSite(
            GerveConfig site, Database database, Changes changes, InstantSource clock) {
        var compromised = new CompromisedKeys(site.keylookup().policy().compromisedKeys(), System::nanoTime);
        var registered =
                new MysqlKeyDirectory(database, new KeyPolicy(site.keylookup().policy(), compromised));
        return new BarringKeyDirectory(
                new CachedKeyDirectory(registered, site.lookup(), changes, System::nanoTime, clock), compromised);
    }

    @Override
    public Answer<Optional<KnownKey>> find(Fingerprint fingerprint) throws LookupUnavailable {
        Answer<Optional<KnownKey>> told = source.find(fingerprint);
        return new Answer<>(told.value().map(this::judged), told.freshness());
    }

    private KnownKey judged(KnownKey key) {
        return switch (key.validity()) {
            // Who revoked it said why, and that is what its owner should read.
            case Validity.Revoked _ -> key;
            case Validity.Until _ ->
                compromised
                        .why(key.fingerprint(), key.md5())
                        .map(why -> revoked(key, why))
                        .orElse(key);
        };
    }

    /** Nobody knows since when the key is not its owner's alone. */
    private static KnownKey revoked(KnownKey key, String why) {
        var validity =
                new Validity.Revoked(Instant.EPOCH, KeyPolicy.ofCompromised(why).sentence());
        return key.with(validity);
    }
}
