package io.gerve.accesslog;

import io.gerve.lookup.LookupUnavailable;
import java.util.List;

/** Where records are kept for good. */
@FunctionalInterface
interface AccessLogStore {
    /**
     * Adds records in this order. Those that are there already, by their request's id, are passed over: what is sent twice stands there once.
     *
     * @return those that cannot be kept, whenever it is tried
     * @throws LookupUnavailable if it is not known whether any was added, so that all must be sent again
     */
    List<AccessLogRecord> add(List<AccessLogRecord> records) throws LookupUnavailable;
}
