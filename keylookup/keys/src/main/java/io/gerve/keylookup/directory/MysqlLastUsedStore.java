package io.gerve.keylookup.directory;

import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Query;
import org.jooq.exception.DataAccessException;

/**
 * Store of last-used times in the rows of the keys. It writes a hundred times in one round trip, in the order of the
 * ids, so that gates do not deadlock.
 */
public final class MysqlLastUsedStore implements LastUsedRecorder.Store {
    private static final int BATCH_SIZE = 100;

    private final Database database;

    public MysqlLastUsedStore(Database database) {
        this.database = database;
    }

    @Override
    public void write(Map<Long, Instant> times) throws LookupUnavailable {
        List<Long> ids = times.keySet().stream().sorted().toList();
        try {
            DSLContext sql = database.sql();
            for (int from = 0; from < ids.size(); from += BATCH_SIZE) {
                List<Query> updates = new ArrayList<>();
                for (long id : ids.subList(from, Math.min(from + BATCH_SIZE, ids.size()))) {
                    updates.add(update(sql, id, times.getOrDefault(id, Instant.MIN)));
                }
                sql.batch(updates).execute();
            }
        } catch (DataAccessException e) {
            throw new LookupUnavailable("last-used times", e);
        }
    }

    private static Query update(DSLContext sql, long id, Instant at) {
        return sql.update(PUBLIC_KEYS)
                .set(PUBLIC_KEYS.LAST_USED_AT, at)
                .where(PUBLIC_KEYS.ID.eq(id))
                .and(PUBLIC_KEYS.LAST_USED_AT.isNull().or(PUBLIC_KEYS.LAST_USED_AT.lt(at)));
    }
}
