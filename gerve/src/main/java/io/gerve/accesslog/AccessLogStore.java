package io.gerve.accesslog;

import io.gerve.lookup.LookupUnavailable;
import java.util.List;

/** Permanent storage of access log records. */
@FunctionalInterface
interface AccessLogStore {
    /**
     * Adds records in the given order. A record that is already stored is skipped, so a record that is sent twice is
     * stored once. A begin record is also skipped if the end record of its request, with the same facts, is already
     * stored.
     *
     * @return the records that can never be stored
     * @throws LookupUnavailable if it is unknown whether any record was added, so that all must be sent again
     */
    List<AccessLogRecord> add(List<AccessLogRecord> records) throws LookupUnavailable;

    /** Does what is due while there is no record to add. Called a few times a second. */
    default void rest() {}
}
