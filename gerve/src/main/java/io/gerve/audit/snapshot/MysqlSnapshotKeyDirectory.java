package io.gerve.audit.snapshot;

import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.PublicKeysRecord;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/**
 * Keys as they were at a past time, according to their rows and the history of changes. The state of a key before it was
 * deleted is lost if another owner registered the key again more than 90 days later; its expiry is lost if the same
 * owner did. The site's key policy of that time is unknown.
 */
public final class MysqlSnapshotKeyDirectory implements KeyDirectory {
    private final Supplier<DSLContext> database;
    private final Instant at;

    public MysqlSnapshotKeyDirectory(Supplier<DSLContext> database, Instant at) {
        this.database = database;
        this.at = at;
    }

    @Override
    public CachedResult<Optional<RegisteredKey>> find(Fingerprint fingerprint) throws LookupUnavailable {
        try {
            DSLContext sql = database.get();
            return CachedResult.fresh(sql.selectFrom(PUBLIC_KEYS)
                    .where(PUBLIC_KEYS.FINGERPRINT.eq(fingerprint.digest()))
                    .fetchOptional()
                    .filter(row -> existed(sql, row))
                    .map(row -> new RegisteredKey(
                            row.getId(),
                            fingerprint,
                            Md5Suffix.ofBlob(row.getKeyBlob()),
                            row.getTitle(),
                            validity(row),
                            principal(sql, row))));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("key " + fingerprint + " at " + at, e);
        }
    }

    /** An owner may have deleted the key and registered it again. The next change tells the state before it. */
    private boolean existed(DSLContext sql, PublicKeysRecord row) {
        boolean isUnchanged = row.getDeletedAt() == null || row.getDeletedAt().isAfter(at);
        return !row.getCreatedAt().isAfter(at)
                && sql.select(GRANT_CHANGES.KIND)
                        .from(GRANT_CHANGES)
                        .where(
                                GRANT_CHANGES.KEY_ID.eq(row.getId()),
                                GRANT_CHANGES.KIND.in(ChangeKind.KEY_ADDED, ChangeKind.KEY_DELETED),
                                GRANT_CHANGES.CHANGED_AT.gt(at))
                        .orderBy(GRANT_CHANGES.ID)
                        .limit(1)
                        .fetchOptional(GRANT_CHANGES.KIND)
                        .map(ChangeKind.KEY_DELETED::equals)
                        .orElse(isUnchanged);
    }

    private KeyValidity validity(PublicKeysRecord row) {
        Instant revoked = row.getRevokedAt();
        return revoked == null || revoked.isAfter(at)
                ? new KeyValidity.ValidUntil(Objects.requireNonNullElse(row.getExpiresAt(), Instant.MAX))
                : new KeyValidity.Revoked(revoked, Objects.requireNonNullElse(row.getRevokedReason(), ""));
    }

    private Principal principal(DSLContext sql, PublicKeysRecord row) {
        if (row.getAccountId() == null) {
            return new Principal.OfDeployKey("");
        }
        Account account = Objects.requireNonNull(new MysqlSnapshotFacts(sql, at)
                        .accounts(List.of(row.getAccountId()))
                        .get(row.getAccountId()))
                .account();
        return new Principal.OfAccount(account);
    }
}
