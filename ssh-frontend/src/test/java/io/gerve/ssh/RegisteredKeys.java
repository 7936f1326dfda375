package io.gerve.ssh;

import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import io.gerve.lookup.CachedResult;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Key directory in memory that records its look-ups. */
final class RegisteredKeys implements KeyDirectory {
    private final Map<Fingerprint, RegisteredKey> known = new ConcurrentHashMap<>();
    private final List<Fingerprint> lookups = new CopyOnWriteArrayList<>();

    void register(Fingerprint key) {
        register(key, new KeyValidity.ValidUntil(Instant.MAX));
    }

    void register(Fingerprint key, KeyValidity validity) {
        known.put(
                key,
                new RegisteredKey(
                        known.size() + 1L,
                        key,
                        new Md5Suffix(1, (short) 2),
                        "a key",
                        validity,
                        new Principal.OfDeployKey("")));
    }

    List<Fingerprint> lookups() {
        return lookups;
    }

    @Override
    public CachedResult<Optional<RegisteredKey>> find(Fingerprint fingerprint) {
        lookups.add(fingerprint);
        return CachedResult.fresh(Optional.ofNullable(known.get(fingerprint)));
    }
}
