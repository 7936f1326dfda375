package io.gerve.keylookup.key;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.lookup.Answer;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.Instant;
import java.util.Optional;
import org.jooq.Record;
import org.jooq.exception.DataAccessException;

/**
 * Asks the database each time: one query, by the unique index on fingerprints. A key that the site's policy bars from logging in is told as
 * revoked.
 */
public final class MysqlKeyDirectory implements KeyDirectory {
    private final Database database;
    private final KeyPolicy policy;

    public MysqlKeyDirectory(Database database, KeyPolicy policy) {
        this.database = database;
        this.policy = policy;
    }

    @Override
    public Answer<Optional<KnownKey>> find(Fingerprint fingerprint) throws LookupUnavailable {
        try {
            return Answer.current(database.sql()
                    .select(MysqlKeyRows.KNOWN)
                    .select(MysqlKeyRows.KEY)
                    .from(PUBLIC_KEYS)
                    .leftJoin(ACCOUNTS)
                    .on(ACCOUNTS.ID.eq(PUBLIC_KEYS.ACCOUNT_ID))
                    .where(PUBLIC_KEYS.FINGERPRINT.eq(fingerprint.digest()))
                    .and(PUBLIC_KEYS.DELETED_AT.isNull())
                    .fetchOptional(this::judged));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("key " + fingerprint, e);
        }
    }

    private KnownKey judged(Record row) {
        KnownKey key = MysqlKeyRows.known(row);
        return policy.barsLogin(MysqlKeyRows.key(row))
                .map(finding -> key.with(new Validity.Revoked(Instant.EPOCH, finding.sentence())))
                .orElse(key);
    }
}
