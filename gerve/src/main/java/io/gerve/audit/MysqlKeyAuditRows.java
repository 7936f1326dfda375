package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.concat;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.select;

import io.gerve.keylookup.key.Fingerprint;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.OrderField;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooq.TableField;

/** Rows of keys with the names of their principals, read one page at a time. */
final class MysqlKeyAuditRows {
    static final int PAGE = 1000;

    /** The login, or the first repository of a deploy key. */
    private static final Field<String> PRINCIPAL =
            coalesce(ACCOUNTS.LOGIN, field(firstRepository()), inline("")).as("principal");

    private final DSLContext sql;

    MysqlKeyAuditRows(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * Returns the next keys, including revoked and deleted ones. A query without revoked and deleted keys might have to
     * skip any number of them to fill a page, and exceed the query timeout.
     *
     * @param index the index that the query must use. If the range is a large part of the table, MariaDB may otherwise
     *     read the index from its beginning for every page
     * @param condition a range of the index
     */
    List<Row> page(String index, Condition condition, List<? extends OrderField<?>> order) {
        return sql.select(
                        PUBLIC_KEYS.ID,
                        PUBLIC_KEYS.FINGERPRINT,
                        PUBLIC_KEYS.ALGORITHM,
                        PUBLIC_KEYS.BITS,
                        PUBLIC_KEYS.TITLE,
                        PUBLIC_KEYS.CREATED_AT,
                        PUBLIC_KEYS.LAST_USED_AT,
                        PUBLIC_KEYS.EXPIRES_AT,
                        PUBLIC_KEYS.REVOKED_AT,
                        PUBLIC_KEYS.DELETED_AT,
                        PRINCIPAL)
                .from(PUBLIC_KEYS.forceIndex(index))
                .leftJoin(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(PUBLIC_KEYS.ACCOUNT_ID))
                .where(condition)
                .orderBy(order)
                .limit(PAGE)
                .fetch(Row::new);
    }

    private static Select<Record1<String>> firstRepository() {
        var owners = ACCOUNTS.as("owners");
        return select(concat(owners.LOGIN, inline("/"), REPOSITORIES.NAME))
                .from(DEPLOY_KEY_REPOSITORIES)
                .join(REPOSITORIES)
                .on(REPOSITORIES.ID.eq(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID))
                .join(owners)
                .on(owners.ID.eq(REPOSITORIES.OWNER_ID))
                .where(DEPLOY_KEY_REPOSITORIES.KEY_ID.eq(PUBLIC_KEYS.ID))
                .orderBy(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID)
                .limit(1);
    }

    record Row(Record row) {
        long id() {
            return row.get(PUBLIC_KEYS.ID);
        }

        Instant time(TableField<?, Instant> column) {
            return row.get(column);
        }

        /** Returns whether the key is neither revoked nor deleted. It may be expired. */
        boolean isRegistered() {
            return row.get(PUBLIC_KEYS.REVOKED_AT) == null && row.get(PUBLIC_KEYS.DELETED_AT) == null;
        }

        KeyAuditEntry entry(String issue, String description, KeyCursor cursor) {
            return new KeyAuditEntry(
                    Fingerprint.ofDigest(row.get(PUBLIC_KEYS.FINGERPRINT)),
                    row.get(PRINCIPAL),
                    row.get(PUBLIC_KEYS.ALGORITHM),
                    row.get(PUBLIC_KEYS.BITS),
                    row.get(PUBLIC_KEYS.TITLE),
                    row.get(PUBLIC_KEYS.CREATED_AT),
                    Objects.requireNonNullElse(row.get(PUBLIC_KEYS.LAST_USED_AT), Instant.MIN),
                    Objects.requireNonNullElse(row.get(PUBLIC_KEYS.EXPIRES_AT), Instant.MAX),
                    issue,
                    description,
                    cursor);
        }
    }
}
