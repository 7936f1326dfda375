package io.gerve.keylookup.directory;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;

/** Directory of registered keys and their principals. Safe for use by many threads. */
public interface KeyDirectory {
    /**
     * Finds a key by its fingerprint.
     *
     * @return empty if the key is not registered or was deleted, which is a valid result
     * @throws LookupUnavailable if the look-up failed or exceeded its timeout; nothing may be concluded from this
     */
    CachedResult<Optional<RegisteredKey>> find(Fingerprint fingerprint) throws LookupUnavailable;
}
