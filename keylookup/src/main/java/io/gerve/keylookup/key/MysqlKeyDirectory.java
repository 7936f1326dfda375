package io.gerve.keylookup.key;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.lookup.Answer;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.util.Optional;
import org.jooq.exception.DataAccessException;

/** Asks the database each time: one query, by the unique index on fingerprints. */
public final class MysqlKeyDirectory implements KeyDirectory {
    private final Database database;

    public MysqlKeyDirectory(Database database) {
        this.database = database;
    }

    @Override
    public Answer<Optional<KnownKey>> find(Fingerprint fingerprint) throws LookupUnavailable {
        try {
            return Answer.current(database.sql()
                    .select(MysqlKeyRows.KNOWN)
                    .from(PUBLIC_KEYS)
                    .leftJoin(ACCOUNTS)
                    .on(ACCOUNTS.ID.eq(PUBLIC_KEYS.ACCOUNT_ID))
                    .where(PUBLIC_KEYS.FINGERPRINT.eq(fingerprint.digest()))
                    .and(PUBLIC_KEYS.DELETED_AT.isNull())
                    .fetchOptional(MysqlKeyRows::known));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("key " + fingerprint, e);
        }
    }
}
