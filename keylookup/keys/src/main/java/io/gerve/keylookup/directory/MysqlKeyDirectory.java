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
 * Key directory in MySQL. Each look-up is one query on the unique index of fingerprints. A key that the key policy
 * refuses at login is returned as revoked.
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
                    .select(MysqlKeyRows.REGISTERED_KEY_FIELDS)
                    .select(MysqlKeyRows.PUBLIC_KEY_FIELDS)
                    .from(PUBLIC_KEYS)
                    .leftJoin(ACCOUNTS)
                    .on(ACCOUNTS.ID.eq(PUBLIC_KEYS.ACCOUNT_ID))
                    .where(PUBLIC_KEYS.FINGERPRINT.eq(fingerprint.digest()))
                    .and(PUBLIC_KEYS.DELETED_AT.isNull())
                    .fetchOptional(this::withPolicy));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("key " + fingerprint, e);
        }
    }

    private RegisteredKey withPolicy(Record row) {
        RegisteredKey key = MysqlKeyRows.registeredKey(row);
        return policy.loginRefusal(MysqlKeyRows.publicKey(row))
                .map(issue -> key.withValidity(new KeyValidity.Revoked(Instant.EPOCH, issue.message())))
                .orElse(key);
    }
}
