package io.gerve.ssh;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Md5Tail;
import io.gerve.keylookup.key.Validity;
import io.gerve.lookup.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A directory in memory, which remembers what it was asked. */
final class RegisteredKeys implements KeyDirectory {
    private final Map<Fingerprint, KnownKey> known = new ConcurrentHashMap<>();
    private final List<Fingerprint> asked = new CopyOnWriteArrayList<>();

    void register(Fingerprint key) {
        register(key, new Validity.Until(Instant.MAX));
    }

    void register(Fingerprint key, Validity validity) {
        known.put(
                key,
                new KnownKey(
                        known.size() + 1L,
                        key,
                        new Md5Tail(1, (short) 2),
                        "a key",
                        validity,
                        new KeyHolder.Deploy("")));
    }

    List<Fingerprint> asked() {
        return asked;
    }

    @Override
    public Answer<Optional<KnownKey>> find(Fingerprint fingerprint) {
        asked.add(fingerprint);
        return Answer.current(Optional.ofNullable(known.get(fingerprint)));
    }
}
