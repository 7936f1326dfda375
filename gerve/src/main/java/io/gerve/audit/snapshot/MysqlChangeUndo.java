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
 * Reconstruction of past facts. It takes the current facts and undoes the changes recorded since the given time, from
 * the newest to the oldest. A change at exactly that time is not undone.
 */
public final class MysqlChangeUndo {
    private final DSLContext sql;
    private final Instant at;

    /** @param at the time of the facts; {@link Instant#MAX} for the current ones */
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

    /** Undoes changes of one kind in a map of facts. */
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

    /** Passes on the changes since the time, the newest first; none for the current facts. */
    public void each(MysqlChangeQuery changes, Consumer<GrantChangesRecord> consumer) {
        if (!isNow()) {
            List<GrantChangesRecord> rows = sql.selectFrom(changes.table())
                    .where(changes.condition())
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
