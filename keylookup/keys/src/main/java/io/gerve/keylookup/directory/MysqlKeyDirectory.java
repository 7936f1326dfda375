package io.gerve.keylookup.directory;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.lookup.CachedResult;
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
    public CachedResult<Optional<RegisteredKey>> find(Fingerprint fingerprint) throws LookupUnavailable {
        try {
            return CachedResult.fresh(database.sql()
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

    private RegisteredKey judged(Record row) {
        RegisteredKey key = MysqlKeyRows.known(row);
        return policy.barsLogin(MysqlKeyRows.key(row))
                .map(finding -> key.withValidity(new KeyValidity.Revoked(Instant.EPOCH, finding.message())))
                .orElse(key);
    }
}
