package io.gerve.keylookup.store;

import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.PublicKeysRecord;
import java.time.Instant;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/**
 * What the database has of a key that somebody registers. A deleted key is reserved for {@link
 * MysqlKeyStore#RESERVATION} against everybody but its former owner, and a revoked one against everybody, without limit.
 */
sealed interface MysqlKeyReservation {
    /** The key can be registered. */
    record None() implements MysqlKeyReservation {}

    /** The owner registered the key before, and deleted it. */
    record OfFormerOwner(long keyId) implements MysqlKeyReservation {}

    /** @param isOwn whether the owner itself has registered the key */
    record InUse(boolean isOwn) implements MysqlKeyReservation {}

    /** Finds the reservation, and locks the row of the key. Removes the row if its reservation has expired. */
    static MysqlKeyReservation find(DSLContext sql, NewKey key, Instant now) {
        PublicKeysRecord row = sql.selectFrom(PUBLIC_KEYS)
                .where(PUBLIC_KEYS.FINGERPRINT.eq(key.key().fingerprint().digest()))
                .forUpdate()
                .fetchOne();
        if (row == null) {
            return new None();
        }
        if (row.getRevokedAt() != null) {
            return new InUse(false);
        }
        Instant deletedAt = row.getDeletedAt();
        if (deletedAt == null) {
            return new InUse(isOwner(sql, row, key.owner()));
        }
        if (wasOwner(sql, row, key.owner())) {
            return new OfFormerOwner(row.getId());
        }
        if (deletedAt.plus(MysqlKeyStore.RESERVATION).isAfter(now)) {
            return new InUse(false);
        }
        row.delete();
        return new None();
    }

    private static boolean isOwner(DSLContext sql, PublicKeysRecord row, NewKey.Owner owner) {
        return switch (owner) {
            case NewKey.ForAccount(long id) -> isOf(id, row.getAccountId());
            case NewKey.ForRepositories(var access) ->
                hasAll(
                        sql,
                        DEPLOY_KEY_REPOSITORIES,
                        DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID,
                        DEPLOY_KEY_REPOSITORIES.KEY_ID.eq(row.getId()),
                        access.keySet());
        };
    }

    /** The rights of a deleted deploy key are in the history of changes only. */
    private static boolean wasOwner(DSLContext sql, PublicKeysRecord row, NewKey.Owner owner) {
        return switch (owner) {
            case NewKey.ForAccount(long id) -> isOf(id, row.getAccountId());
            case NewKey.ForRepositories(var access) ->
                row.getAccountId() == null
                        && hasAll(
                                sql,
                                GRANT_CHANGES,
                                GRANT_CHANGES.REPOSITORY_ID,
                                GRANT_CHANGES.KEY_ID.eq(row.getId()).and(GRANT_CHANGES.KIND.eq(ChangeKind.KEY_DELETED)),
                                access.keySet());
        };
    }

    private static boolean isOf(long id, @Nullable Long accountId) {
        return accountId != null && accountId == id;
    }

    private static boolean hasAll(
            DSLContext sql, Table<?> table, Field<Long> repository, Condition condition, Set<Long> repositories) {
        return sql.selectDistinct(repository)
                .from(table)
                .where(condition)
                .fetchSet(repository)
                .containsAll(repositories);
    }
}
