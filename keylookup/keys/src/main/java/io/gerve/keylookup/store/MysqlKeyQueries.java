package io.gerve.keylookup.store;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;

import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.directory.MysqlKeyRows;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.sql.ChangeKind;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SelectField;
import org.jooq.SelectSeekStep1;
import org.jooq.impl.DSL;

/**
 * Queries for keys with all their data within one transaction: one for the keys, and one for the grants of deploy keys.
 */
final class MysqlKeyQueries {
    private static final List<SelectField<?>> FIELDS = Stream.concat(
                    Stream.concat(MysqlKeyRows.REGISTERED_KEY_FIELDS.stream(), MysqlKeyRows.PUBLIC_KEY_FIELDS.stream()),
                    Stream.of(PUBLIC_KEYS.CREATED_AT, PUBLIC_KEYS.LAST_USED_AT, PUBLIC_KEYS.REVOKED_BY))
            .toList();

    private final DSLContext sql;

    MysqlKeyQueries(DSLContext sql) {
        this.sql = sql;
    }

    Optional<RegisteredKeyDetails> find(Fingerprint fingerprint) {
        return withGrants(keys(PUBLIC_KEYS.FINGERPRINT.eq(fingerprint.digest())).fetch()).stream()
                .findFirst();
    }

    Optional<RegisteredKeyDetails> find(long id) {
        return withGrants(keys(PUBLIC_KEYS.ID.eq(id)).fetch()).stream().findFirst();
    }

    List<RegisteredKeyDetails> among(List<Fingerprint> fingerprints) {
        List<byte[]> digests = fingerprints.stream().map(Fingerprint::digest).toList();
        return withGrants(keys(PUBLIC_KEYS.FINGERPRINT.in(digests)).fetch());
    }

    /** Finds a key and locks its row, so that no other transaction changes the key until this one ends. */
    Optional<RegisteredKeyDetails> lock(Fingerprint fingerprint) {
        sql.select(PUBLIC_KEYS.ID)
                .from(PUBLIC_KEYS)
                .where(PUBLIC_KEYS.FINGERPRINT.eq(fingerprint.digest()))
                .forUpdate()
                .fetch();
        return find(fingerprint);
    }

    List<RegisteredKeyDetails> ofAccount(long accountId) {
        return withGrants(keys(PUBLIC_KEYS.ACCOUNT_ID.eq(accountId)).fetch());
    }

    List<RegisteredKeyDetails> ofRepository(long repositoryId) {
        var ids = sql.select(DEPLOY_KEY_REPOSITORIES.KEY_ID)
                .from(DEPLOY_KEY_REPOSITORIES)
                .where(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID.eq(repositoryId))
                .fetch(DEPLOY_KEY_REPOSITORIES.KEY_ID);
        return ids.isEmpty()
                ? List.of()
                : withGrants(keys(PUBLIC_KEYS.ID.in(ids)).fetch());
    }

    List<RegisteredKeyDetails> after(long id, int max) {
        return withGrants(keys(PUBLIC_KEYS.ID.gt(id)).limit(max).fetch());
    }

    private SelectSeekStep1<Record, Long> keys(Condition condition) {
        return sql.select(FIELDS)
                .from(PUBLIC_KEYS)
                .leftJoin(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(PUBLIC_KEYS.ACCOUNT_ID))
                .where(condition)
                .and(PUBLIC_KEYS.DELETED_AT.isNull())
                .orderBy(PUBLIC_KEYS.ID);
    }

    private List<RegisteredKeyDetails> withGrants(List<Record> rows) {
        var deployKeys = rows.stream()
                .filter(row -> row.get(ACCOUNTS.ID) == null)
                .map(row -> row.get(PUBLIC_KEYS.ID))
                .toList();
        Map<Long, List<RegisteredKeyDetails.Grant>> grants = deployKeys.isEmpty() ? Map.of() : grantsOf(deployKeys);
        return rows.stream()
                .map(row -> keyDetails(row, grants.getOrDefault(row.get(PUBLIC_KEYS.ID), List.of())))
                .toList();
    }

    private Map<Long, List<RegisteredKeyDetails.Grant>> grantsOf(List<Long> keys) {
        var owners = MysqlKeyRows.owners();
        return sql.select(
                        DEPLOY_KEY_REPOSITORIES.KEY_ID,
                        DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID,
                        DEPLOY_KEY_REPOSITORIES.READ_ONLY,
                        MysqlKeyRows.REPOSITORY)
                .from(DEPLOY_KEY_REPOSITORIES)
                .join(REPOSITORIES)
                .on(REPOSITORIES.ID.eq(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID))
                .join(owners)
                .on(owners.ID.eq(REPOSITORIES.OWNER_ID))
                .where(DEPLOY_KEY_REPOSITORIES.KEY_ID.in(keys))
                .orderBy(DEPLOY_KEY_REPOSITORIES.KEY_ID, DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID)
                .fetchGroups(
                        DEPLOY_KEY_REPOSITORIES.KEY_ID,
                        row -> new RegisteredKeyDetails.Grant(
                                row.get(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID),
                                row.get(MysqlKeyRows.REPOSITORY),
                                row.get(DEPLOY_KEY_REPOSITORIES.READ_ONLY)
                                        ? DeployKeyAccess.READ_ONLY
                                        : DeployKeyAccess.READ_WRITE));
    }

    Map<Long, String> authorsOfDeployKeys(long repositoryId) {
        Map<Long, String> authors = new HashMap<>();
        sql.select(GRANT_CHANGES.KEY_ID, GRANT_CHANGES.ACTOR)
                .from(GRANT_CHANGES)
                .where(GRANT_CHANGES.REPOSITORY_ID.eq(repositoryId))
                .and(GRANT_CHANGES.KIND.eq(ChangeKind.KEY_ADDED))
                .and(GRANT_CHANGES.KEY_ID.in(DSL.select(DEPLOY_KEY_REPOSITORIES.KEY_ID)
                        .from(DEPLOY_KEY_REPOSITORIES)
                        .where(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID.eq(repositoryId))))
                .orderBy(GRANT_CHANGES.ID)
                .forEach(row -> authors.put(row.value1(), row.value2()));
        return authors;
    }

    private static RegisteredKeyDetails keyDetails(Record row, List<RegisteredKeyDetails.Grant> grants) {
        return new RegisteredKeyDetails(
                MysqlKeyRows.registeredKey(row),
                MysqlKeyRows.publicKey(row),
                row.get(PUBLIC_KEYS.CREATED_AT),
                Objects.requireNonNullElse(row.get(PUBLIC_KEYS.LAST_USED_AT), Instant.MIN),
                Objects.requireNonNullElse(row.get(PUBLIC_KEYS.REVOKED_BY), ""),
                grants);
    }
}
