package io.gerve.keylookup.directory;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyAlgorithm;
import io.gerve.keylookup.key.Md5Suffix;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.sql.schema.tables.Accounts;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectField;
import org.jooq.impl.DSL;

/**
 * Conversion of database rows to keys and principals. A row with values that no program of Gerve writes is a bug and
 * causes an exception.
 */
public final class MysqlKeyRows {
    private static final Accounts OWNERS = ACCOUNTS.as("owners");

    /** Full name of a repository, {@code owner/name}. The query must join {@link #owners}. */
    public static final Field<String> REPOSITORY =
            DSL.concat(OWNERS.LOGIN, DSL.inline("/"), REPOSITORIES.NAME).as("repository");

    /** First repository of a deploy key; null for the key of an account. */
    private static final Field<String> FIRST_REPOSITORY = DSL.field(DSL.select(REPOSITORY)
                    .from(DEPLOY_KEY_REPOSITORIES)
                    .join(REPOSITORIES)
                    .on(REPOSITORIES.ID.eq(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID))
                    .join(OWNERS)
                    .on(OWNERS.ID.eq(REPOSITORIES.OWNER_ID))
                    .where(DEPLOY_KEY_REPOSITORIES.KEY_ID.eq(PUBLIC_KEYS.ID))
                    .orderBy(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID)
                    .limit(DSL.inline(1)))
            .as("first_repository");

    /** Fields that {@link #registeredKey} reads. The query must left-join the keys to their accounts. */
    public static final List<SelectField<?>> REGISTERED_KEY_FIELDS = List.of(
            PUBLIC_KEYS.ID,
            PUBLIC_KEYS.FINGERPRINT,
            PUBLIC_KEYS.KEY_BLOB,
            PUBLIC_KEYS.TITLE,
            PUBLIC_KEYS.EXPIRES_AT,
            PUBLIC_KEYS.REVOKED_AT,
            PUBLIC_KEYS.REVOKED_REASON,
            ACCOUNTS.ID,
            ACCOUNTS.LOGIN,
            ACCOUNTS.KIND,
            ACCOUNTS.SUSPENDED_AT,
            ACCOUNTS.SUSPENDED_REASON,
            FIRST_REPOSITORY);

    /** Fields that {@link #publicKey} reads in addition to {@link #REGISTERED_KEY_FIELDS}. */
    public static final List<SelectField<?>> PUBLIC_KEY_FIELDS = List.of(PUBLIC_KEYS.ALGORITHM, PUBLIC_KEYS.BITS);

    private MysqlKeyRows() {}

    /** Returns the alias of accounts for the owners of repositories. */
    public static Accounts owners() {
        return OWNERS;
    }

    public static RegisteredKey registeredKey(Record row) {
        return new RegisteredKey(
                row.get(PUBLIC_KEYS.ID),
                Fingerprint.ofDigest(row.get(PUBLIC_KEYS.FINGERPRINT)),
                Md5Suffix.ofBlob(row.get(PUBLIC_KEYS.KEY_BLOB)),
                row.get(PUBLIC_KEYS.TITLE),
                validity(row),
                principal(row));
    }

    /**
     * Reads a public key. The blob is not validated again, since a key that was registered under an older policy must
     * still be listed.
     */
    public static PublicKey publicKey(Record row) {
        var algorithm = KeyAlgorithm.ofWireName(row.get(PUBLIC_KEYS.ALGORITHM))
                .orElseThrow(() ->
                        new IllegalStateException("key " + row.get(PUBLIC_KEYS.ID) + " has an unknown algorithm"));
        return new PublicKey(algorithm, row.get(PUBLIC_KEYS.BITS), row.get(PUBLIC_KEYS.KEY_BLOB));
    }

    private static KeyValidity validity(Record row) {
        Instant revokedAt = row.get(PUBLIC_KEYS.REVOKED_AT);
        return revokedAt != null
                ? new KeyValidity.Revoked(
                        revokedAt, Objects.requireNonNullElse(row.get(PUBLIC_KEYS.REVOKED_REASON), ""))
                : new KeyValidity.ValidUntil(Objects.requireNonNullElse(row.get(PUBLIC_KEYS.EXPIRES_AT), Instant.MAX));
    }

    private static Principal principal(Record row) {
        return row.get(ACCOUNTS.ID) == null
                ? new Principal.OfDeployKey(Objects.requireNonNullElse(row.get(FIRST_REPOSITORY), ""))
                : new Principal.OfAccount(MysqlAccountDirectory.account(row));
    }
}
