package io.gerve.keylookup.directory;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;

/** Who registered which key. Safe for use by many threads. */
public interface KeyDirectory {
    /**
     * Finds a key by its fingerprint.
     *
     * @return empty if nobody registered the key or it was deleted, which is an answer and not a failure
     * @throws LookupUnavailable if the answer could not be had within the deadline, so that nothing may be concluded
     */
    CachedResult<Optional<RegisteredKey>> find(Fingerprint fingerprint) throws LookupUnavailable;
}
