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

/**
 * Context of one change while it is made: its transaction, its author, and the invalidations to publish after the
 * commit.
 */
final class ChangeContext {
    private final DSLContext sql;
    private final Actor actor;
    private final Instant at;
    private final List<Invalidation> invalidations;

    ChangeContext(DSLContext sql, Actor actor, Instant at, List<Invalidation> invalidations) {
        this.sql = sql;
        this.actor = actor;
        this.at = at;
        this.invalidations = invalidations;
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
     * Records a change.
     *
     * @param fields sets the subjects of the change and the values before and after
     */
    void recordChange(ChangeKind kind, Consumer<GrantChangesRecord> fields) {
        var change = sql.newRecord(GRANT_CHANGES);
        change.setChangedAt(at);
        change.setActor(actor.name());
        change.setProgram(actor.program());
        change.setKind(kind);
        fields.accept(change);
        insert(GRANT_CHANGES, change);
    }

    /**
     * Inserts a row.
     *
     * @return the row's id, which a second statement reads: for MariaDB, jOOQ would use INSERT … RETURNING, whose rows
     *     the driver does not return
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

    /**
     * Invalidates all cached results. Meant for changes that affect so many accounts and repositories that an
     * invalidation for each would cost more.
     */
    void siteChanged() {
        invalidations.add(Invalidation.site());
    }
}
