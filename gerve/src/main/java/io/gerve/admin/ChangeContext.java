package io.gerve.admin;

import static io.gerve.sql.schema.Tables.GRANT_CHANGES;

import io.gerve.invalidation.Invalidation;
import io.gerve.keylookup.directory.Actor;
import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jooq.DSLContext;
import org.jooq.Table;
import org.jooq.TableRecord;

/** One change while it is made: its transaction, the record of who made it, and what the gates will be told. */
final class ChangeContext {
    private final DSLContext sql;
    private final Actor actor;
    private final Instant at;
    private final List<Invalidation> invalidations;

    ChangeContext(DSLContext sql, Actor actor, Instant at, List<Invalidation> changes) {
        this.sql = sql;
        this.actor = actor;
        this.at = at;
        this.invalidations = changes;
    }

    DSLContext sql() {
        return sql;
    }

    Instant at() {
        return at;
    }

    MysqlNameResolver names() {
        return new MysqlNameResolver(sql);
    }

    /**
     * Records that a right changed.
     *
     * @param what sets whom and what it concerns, and the values before and after
     */
    void recordChange(ChangeKind kind, Consumer<GrantChangesRecord> what) {
        var change = sql.newRecord(GRANT_CHANGES);
        change.setChangedAt(at);
        change.setActor(actor.name());
        change.setProgram(actor.program());
        change.setKind(kind);
        what.accept(change);
        insert(GRANT_CHANGES, change);
    }

    /**
     * Adds a row.
     *
     * @return its id. Asked for on its own, since the driver takes no INSERT … RETURNING, which jOOQ would send to MariaDB
     */
    <R extends TableRecord<R>> long insert(Table<R> table, R row) {
        sql.insertInto(table).set(row).execute();
        return sql.lastID().longValue();
    }

    void accountChanged(long id) {
        invalidations.add(new Invalidation(Invalidation.Kind.ACCOUNT, Long.toString(id)));
    }

    void repositoryChanged(long id) {
        invalidations.add(new Invalidation(Invalidation.Kind.REPOSITORY, Long.toString(id)));
    }

    /** For what concerns so many accounts and repositories that naming each would be slower than forgetting all. */
    void siteChanged() {
        invalidations.add(Invalidation.site());
    }
}
