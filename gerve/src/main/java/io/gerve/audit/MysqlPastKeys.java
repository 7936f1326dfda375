package io.gerve.audit;

import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Md5Tail;
import io.gerve.keylookup.key.Validity;
import io.gerve.lookup.Answer;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.schema.tables.records.PublicKeysRecord;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/**
 * Keys as they were at a time, by the times in their rows. What a key was before it was deleted, and registered anew more than 90 days later,
 * is not among them; neither is what the site's policy said of keys then.
 */
public final class MysqlPastKeys implements KeyDirectory {
    private final Supplier<DSLContext> database;
    private final Instant at;

    public MysqlPastKeys(Supplier<DSLContext> database, Instant at) {
        this.database = database;
        this.at = at;
    }

    @Override
    public Answer<Optional<KnownKey>> find(Fingerprint fingerprint) throws LookupUnavailable {
        try {
            DSLContext sql = database.get();
            return Answer.current(sql.selectFrom(PUBLIC_KEYS)
                    .where(PUBLIC_KEYS.FINGERPRINT.eq(fingerprint.digest()))
                    .fetchOptional()
                    .filter(this::wasThere)
                    .map(row -> new KnownKey(
                            row.getId(),
                            fingerprint,
                            Md5Tail.ofBlob(row.getKeyBlob()),
                            row.getTitle(),
                            validity(row),
                            holder(sql, row))));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("key " + fingerprint + " at " + at, e);
        }
    }

    private boolean wasThere(PublicKeysRecord row) {
        return !row.getCreatedAt().isAfter(at)
                && (row.getDeletedAt() == null || row.getDeletedAt().isAfter(at));
    }

    private Validity validity(PublicKeysRecord row) {
        Instant revoked = row.getRevokedAt();
        return revoked == null || revoked.isAfter(at)
                ? new Validity.Until(Objects.requireNonNullElse(row.getExpiresAt(), Instant.MAX))
                : new Validity.Revoked(revoked, Objects.requireNonNullElse(row.getRevokedReason(), ""));
    }

    private KeyHolder holder(DSLContext sql, PublicKeysRecord row) {
        if (row.getAccountId() == null) {
            return new KeyHolder.Deploy("");
        }
        Account account = Objects.requireNonNull(new MysqlState(sql, at)
                        .accounts(List.of(row.getAccountId()))
                        .get(row.getAccountId()))
                .account();
        return new KeyHolder.OfAccount(account);
    }
}
