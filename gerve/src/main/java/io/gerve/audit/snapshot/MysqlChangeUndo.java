package io.gerve.audit.snapshot;

import static io.gerve.sql.schema.Tables.GRANT_CHANGES;

import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jooq.DSLContext;

/**
 * Takes back changes: facts as they are now, with what was recorded since a time undone from the newest change to the oldest, are the
 * facts as they were at that time. A change at the very time counts as made.
 */
public final class MysqlChangeUndo {
    private final DSLContext sql;
    private final Instant at;

    /** @param at {@link Instant#MAX} to leave everything as it is now */
    MysqlChangeUndo(DSLContext sql, Instant at) {
        this.sql = sql;
        this.at = at;
    }

    public boolean isNow() {
        return at.equals(Instant.MAX);
    }

    public Instant at() {
        return at;
    }

    /** Takes back changes of one kind in facts that each have a key. */
    <K> Map<K, String> undo(Map<K, String> facts, MysqlChangeQuery changes, Function<GrantChangesRecord, K> key) {
        each(changes, change -> {
            String before = before(change);
            if (before.isEmpty()) {
                facts.remove(key.apply(change));
            } else {
                facts.put(key.apply(change), before);
            }
        });
        return facts;
    }

    /** Gives out what changed since, the newest first; nothing if it is now. */
    public void each(MysqlChangeQuery changes, Consumer<GrantChangesRecord> consumer) {
        if (!isNow()) {
            List<GrantChangesRecord> rows = sql.selectFrom(changes.table())
                    .where(changes.which())
                    .and(GRANT_CHANGES.CHANGED_AT.gt(at))
                    .fetch();
            rows.sort(Comparator.comparing(GrantChangesRecord::getId).reversed());
            rows.forEach(consumer);
        }
    }

    static String before(GrantChangesRecord change) {
        return Objects.requireNonNullElse(change.getBeforeValue(), "");
    }
}
