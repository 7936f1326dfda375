package io.gerve.audit;

import io.gerve.audit.access.Results;
import io.gerve.lookup.LookupUnavailable;
import org.jooq.exception.DataAccessException;

/** Queries of audits, whose failures are reported as {@link LookupUnavailable}. */
final class MysqlLookup {
    private MysqlLookup() {}

    interface Query<T> {
        T run() throws LookupUnavailable;
    }

    /** @param what the subject of the query, for the message if it fails */
    static <T> T of(String what, Query<T> query) throws LookupUnavailable {
        try {
            return query.run();
        } catch (DataAccessException e) {
            throw new LookupUnavailable(what, e);
        }
    }

    /** Returns the same results with the failures of their queries reported. */
    static <T> Results<T> each(String what, Results<T> results) {
        return () -> of(what, results::next);
    }
}
