package io.gerve.keylookup.store;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;

import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.ChangeKind;
import io.gerve.sql.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.exception.DataAccessException;

/**
 * Registers, revokes, deletes and lists keys. Each change stands in {@code grant_changes} by the same transaction, and gates are
 * told after the commit. Safe for use by many threads.
 *
 * <p>Each method throws {@link LookupUnavailable} when the database does not answer in time; whether a change was made is then
 * not known, and making it again is harmless.
 */
public final class MysqlKeyStore {
    /** A key that somebody gave up must not at once become somebody else's: old checkouts and servers still hold it. */
    static final Duration RESERVATION = Duration.ofDays(90);

    private static final int ATTEMPTS_MAX = 3;
    private static final int PAGE = 500;

    private final Database database;
    private final InvalidationBus changes;
    private final InstantSource clock;

    public MysqlKeyStore(Database database, InvalidationBus changes, InstantSource clock) {
        this.database = database;
        this.changes = changes;
        this.clock = clock;
    }

    public AddKeyResult add(NewKey key, Actor actor) throws LookupUnavailable {
        AddKeyResult result = inTransaction(sql -> add(sql, key, actor));
        if (result instanceof AddKeyResult.Added(RegisteredKeyDetails added)) {
            publish(Invalidation.Kind.KEY, added);
        }
        return result;
    }

    /** @param reason for the key's owner to read; may be empty, at most 255 characters */
    public RevokeKeyResult revoke(Fingerprint fingerprint, String reason, Actor actor) throws LookupUnavailable {
        if (reason.codePointCount(0, reason.length()) > 255) {
            throw new IllegalArgumentException("the reason for a revocation has at most 255 characters");
        }
        RevokeKeyResult result = inTransaction(sql -> revoke(sql, fingerprint, reason, actor));
        return switch (result) {
            case RevokeKeyResult.Revoked now ->
                new RevokeKeyResult.Revoked(now.key(), publish(Invalidation.Kind.KEY_REVOKED, now.key()));
            case RevokeKeyResult.AlreadyRevoked before ->
                new RevokeKeyResult.AlreadyRevoked(before.key(), publish(Invalidation.Kind.KEY_REVOKED, before.key()));
            case RevokeKeyResult.NoSuchKey none -> none;
        };
    }

    /** The key is unknown from now on. It stays reserved for 90 days, and for ever if it was revoked. */
    public DeleteKeyResult delete(Fingerprint fingerprint, Actor actor) throws LookupUnavailable {
        DeleteKeyResult result = inTransaction(sql -> delete(sql, fingerprint, actor));
        return switch (result) {
            // Told as a revocation, so that no lagging replica brings it back. It cannot return within the time that
            // gates keep that.
            case DeleteKeyResult.Deleted now ->
                new DeleteKeyResult.Deleted(now.key(), publish(Invalidation.Kind.KEY_REVOKED, now.key()));
            case DeleteKeyResult.NoSuchKey none -> none;
        };
    }

    /**
     * Takes one repository from a deploy key; with its last one the key is deleted.
     *
     * @return {@link DeleteKeyResult.NoSuchKey} also if the key does not open the repository
     */
    public DeleteKeyResult removeFromRepository(Fingerprint fingerprint, long repositoryId, Actor actor)
            throws LookupUnavailable {
        DeleteKeyResult result = inTransaction(sql -> removeFromRepository(sql, fingerprint, repositoryId, actor));
        return switch (result) {
            case DeleteKeyResult.Deleted now ->
                new DeleteKeyResult.Deleted(
                        now.key(),
                        publish(
                                isLastRight(now.key()) ? Invalidation.Kind.KEY_REVOKED : Invalidation.Kind.KEY,
                                now.key()));
            case DeleteKeyResult.NoSuchKey none -> none;
        };
    }

    /**
     * Gives the key another title.
     *
     * @return the key as it was; empty if nobody has it
     * @throws IllegalArgumentException if {@link NewKey#requireTitle} does
     */
    public Optional<RegisteredKeyDetails> rename(Fingerprint fingerprint, String title, Actor actor)
            throws LookupUnavailable {
        NewKey.requireTitle(title);
        Optional<RegisteredKeyDetails> renamed = inTransaction(sql -> rename(sql, fingerprint, title, actor));
        renamed.ifPresent(key -> publish(Invalidation.Kind.KEY, key));
        return renamed;
    }

    /** @return empty if nobody has the key */
    public Optional<RegisteredKeyDetails> find(Fingerprint fingerprint) throws LookupUnavailable {
        return inTransaction(sql -> new MysqlKeyQueries(sql).find(fingerprint));
    }

    /** @return empty if nobody has a key with that id */
    public Optional<RegisteredKeyDetails> find(long id) throws LookupUnavailable {
        return inTransaction(sql -> new MysqlKeyQueries(sql).find(id));
    }

    /** Those of the keys that somebody has, in the order in which they were added within each {@value #PAGE} that were asked for. */
    public List<RegisteredKeyDetails> among(Collection<Fingerprint> fingerprints) throws LookupUnavailable {
        List<Fingerprint> rest = List.copyOf(fingerprints);
        List<RegisteredKeyDetails> found = new ArrayList<>();
        for (int start = 0; start < rest.size(); start += PAGE) {
            List<Fingerprint> page = rest.subList(start, Math.min(start + PAGE, rest.size()));
            found.addAll(inTransaction(sql -> new MysqlKeyQueries(sql).among(page)));
        }
        return found;
    }

    /** The account's keys in the order in which they were added; empty too if there is no such account. */
    public List<RegisteredKeyDetails> ofAccount(long accountId) throws LookupUnavailable {
        return inTransaction(sql -> new MysqlKeyQueries(sql).ofAccount(accountId));
    }

    /** The repository's deploy keys in the order in which they were added; empty too if there is no such repository. */
    public List<RegisteredKeyDetails> ofRepository(long repositoryId) throws LookupUnavailable {
        return inTransaction(sql -> new MysqlKeyQueries(sql).ofRepository(repositoryId));
    }

    /** Returns who added each of the repository's deploy keys, by the id of the key. */
    public Map<Long, String> authorsOfDeployKeys(long repositoryId) throws LookupUnavailable {
        return inTransaction(sql -> new MysqlKeyQueries(sql).authorsOfDeployKeys(repositoryId));
    }

    /**
     * All keys, of whomever, in the order in which they were added, a page at a time.
     *
     * @param id of the last key of the page before, 0 for the first page
     * @param most keys of a page; fewer are given at the end only
     */
    public List<RegisteredKeyDetails> after(long id, int most) throws LookupUnavailable {
        return inTransaction(sql -> new MysqlKeyQueries(sql).after(id, most));
    }

    private AddKeyResult add(DSLContext sql, NewKey key, Actor actor) {
        Optional<AddKeyResult> missing = missing(sql, key.owner());
        if (missing.isPresent()) {
            return missing.get();
        }
        if (!releaseReservation(sql, key.key().fingerprint())) {
            new MysqlKeyChangeRecorder(sql, now(), actor).recordRefusal(key);
            return new AddKeyResult.InUse();
        }
        long id = insert(sql, key);
        if (key.owner() instanceof NewKey.ForRepositories(Map<Long, DeployKeyAccess> access)) {
            access.forEach((repository, allowed) -> sql.insertInto(DEPLOY_KEY_REPOSITORIES)
                    .set(DEPLOY_KEY_REPOSITORIES.KEY_ID, id)
                    .set(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID, repository)
                    .set(DEPLOY_KEY_REPOSITORIES.READ_ONLY, allowed == DeployKeyAccess.READ_ONLY)
                    .execute());
        }
        RegisteredKeyDetails added =
                new MysqlKeyQueries(sql).find(key.key().fingerprint()).orElseThrow();
        new MysqlKeyChangeRecorder(sql, now(), actor).record(ChangeKind.KEY_ADDED, added);
        return new AddKeyResult.Added(added);
    }

    private static Optional<AddKeyResult> missing(DSLContext sql, NewKey.Owner holder) {
        return switch (holder) {
            case NewKey.ForAccount(long id) ->
                sql.fetchExists(ACCOUNTS, ACCOUNTS.ID.eq(id))
                        ? Optional.empty()
                        : Optional.of(new AddKeyResult.NoSuchAccount());
            case NewKey.ForRepositories(Map<Long, DeployKeyAccess> access) ->
                access.keySet().stream()
                        .sorted()
                        .filter(id -> !sql.fetchExists(REPOSITORIES, REPOSITORIES.ID.eq(id)))
                        .findFirst()
                        .map(AddKeyResult.NoSuchRepository::new);
        };
    }

    /**
     * Removes what is left of a key that was deleted long ago.
     *
     * @return false if the key may not be registered
     */
    private boolean releaseReservation(DSLContext sql, Fingerprint fingerprint) {
        Record row = sql.select(PUBLIC_KEYS.ID, PUBLIC_KEYS.DELETED_AT, PUBLIC_KEYS.REVOKED_AT)
                .from(PUBLIC_KEYS)
                .where(PUBLIC_KEYS.FINGERPRINT.eq(fingerprint.digest()))
                .forUpdate()
                .fetchOne();
        if (row == null) {
            return true;
        }
        Instant deletedAt = row.get(PUBLIC_KEYS.DELETED_AT);
        if (deletedAt == null
                || row.get(PUBLIC_KEYS.REVOKED_AT) != null
                || deletedAt.plus(RESERVATION).isAfter(now())) {
            return false;
        }
        sql.deleteFrom(PUBLIC_KEYS)
                .where(PUBLIC_KEYS.ID.eq(row.get(PUBLIC_KEYS.ID)))
                .execute();
        return true;
    }

    private long insert(DSLContext sql, NewKey key) {
        var insert = sql.insertInto(PUBLIC_KEYS)
                .set(PUBLIC_KEYS.ALGORITHM, key.key().algorithm().wireName())
                .set(PUBLIC_KEYS.BITS, key.key().bits())
                .set(PUBLIC_KEYS.KEY_BLOB, key.key().blob())
                .set(PUBLIC_KEYS.FINGERPRINT, key.key().fingerprint().digest())
                .set(PUBLIC_KEYS.TITLE, key.title())
                .set(PUBLIC_KEYS.CREATED_AT, now());
        if (key.owner() instanceof NewKey.ForAccount(long accountId)) {
            insert = insert.set(PUBLIC_KEYS.ACCOUNT_ID, accountId);
        }
        if (!key.expiry().equals(Instant.MAX)) {
            insert = insert.set(PUBLIC_KEYS.EXPIRES_AT, key.expiry());
        }
        insert.execute();
        // By RETURNING, which jOOQ writes for MariaDB, Connector/J does not hand back rows.
        return sql.lastID().longValueExact();
    }

    private RevokeKeyResult revoke(DSLContext sql, Fingerprint fingerprint, String reason, Actor actor) {
        var keys = new MysqlKeyQueries(sql);
        Optional<RegisteredKeyDetails> found = keys.lock(fingerprint);
        if (found.isEmpty()) {
            return new RevokeKeyResult.NoSuchKey();
        }
        if (found.get().registered().validity() instanceof KeyValidity.Revoked) {
            return new RevokeKeyResult.AlreadyRevoked(found.get(), false);
        }
        sql.update(PUBLIC_KEYS)
                .set(PUBLIC_KEYS.REVOKED_AT, now())
                .set(PUBLIC_KEYS.REVOKED_REASON, reason)
                .set(PUBLIC_KEYS.REVOKED_BY, actor.name())
                .where(PUBLIC_KEYS.ID.eq(found.get().registered().id()))
                .execute();
        new MysqlKeyChangeRecorder(sql, now(), actor).record(ChangeKind.KEY_REVOKED, found.get());
        return new RevokeKeyResult.Revoked(keys.find(fingerprint).orElseThrow(), false);
    }

    private DeleteKeyResult delete(DSLContext sql, Fingerprint fingerprint, Actor actor) {
        Optional<RegisteredKeyDetails> found = new MysqlKeyQueries(sql).lock(fingerprint);
        if (found.isEmpty()) {
            return new DeleteKeyResult.NoSuchKey();
        }
        long id = found.get().registered().id();
        sql.deleteFrom(DEPLOY_KEY_REPOSITORIES)
                .where(DEPLOY_KEY_REPOSITORIES.KEY_ID.eq(id))
                .execute();
        sql.update(PUBLIC_KEYS)
                .set(PUBLIC_KEYS.DELETED_AT, now())
                .where(PUBLIC_KEYS.ID.eq(id))
                .execute();
        new MysqlKeyChangeRecorder(sql, now(), actor).record(ChangeKind.KEY_DELETED, found.get());
        return new DeleteKeyResult.Deleted(found.get(), false);
    }

    private DeleteKeyResult removeFromRepository(
            DSLContext sql, Fingerprint fingerprint, long repositoryId, Actor actor) {
        Optional<RegisteredKeyDetails> found = new MysqlKeyQueries(sql).lock(fingerprint);
        Optional<RegisteredKeyDetails.Grant> right = found.stream()
                .flatMap(key -> key.grants().stream())
                .filter(candidate -> candidate.repositoryId() == repositoryId)
                .findFirst();
        if (found.isEmpty() || right.isEmpty()) {
            return new DeleteKeyResult.NoSuchKey();
        }
        RegisteredKeyDetails key = found.get();
        if (isLastRight(key)) {
            return delete(sql, fingerprint, actor);
        }
        sql.deleteFrom(DEPLOY_KEY_REPOSITORIES)
                .where(DEPLOY_KEY_REPOSITORIES.KEY_ID.eq(key.registered().id()))
                .and(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID.eq(repositoryId))
                .execute();
        var lost = new RegisteredKeyDetails(
                key.registered(), key.key(), key.createdAt(), key.lastUsedAt(), key.revokedBy(), List.of(right.get()));
        new MysqlKeyChangeRecorder(sql, now(), actor).record(ChangeKind.KEY_DELETED, lost);
        return new DeleteKeyResult.Deleted(key, false);
    }

    private Optional<RegisteredKeyDetails> rename(DSLContext sql, Fingerprint fingerprint, String title, Actor actor) {
        Optional<RegisteredKeyDetails> found = new MysqlKeyQueries(sql).lock(fingerprint);
        found.ifPresent(key -> {
            sql.update(PUBLIC_KEYS)
                    .set(PUBLIC_KEYS.TITLE, title)
                    .where(PUBLIC_KEYS.ID.eq(key.registered().id()))
                    .execute();
            new MysqlKeyChangeRecorder(sql, now(), actor).recordRename(key, title);
        });
        return found;
    }

    private static boolean isLastRight(RegisteredKeyDetails key) {
        return key.grants().size() == 1;
    }

    private boolean publish(Invalidation.Kind kind, RegisteredKeyDetails key) {
        boolean told = changes.publish(
                new Invalidation(kind, key.registered().fingerprint().text()));
        for (RegisteredKeyDetails.Grant right : key.grants()) {
            told &= changes.publish(
                    new Invalidation(Invalidation.Kind.REPOSITORY, Long.toString(right.repositoryId())));
        }
        return told;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** Again, if another change got in between: two who add one key at a time find each other's row at the second attempt. */
    private <T> T inTransaction(Work<T> work) throws LookupUnavailable {
        for (int attempt = 1; ; attempt++) {
            try {
                return database.sql().transactionResult(configuration -> work.in(configuration.dsl()));
            } catch (DataAccessException e) {
                if (attempt == ATTEMPTS_MAX || !isConflict(e)) {
                    throw new LookupUnavailable("the register of keys", e);
                }
            }
        }
    }

    private static boolean isConflict(DataAccessException e) {
        return switch (e.sqlStateClass()) {
            case C23_INTEGRITY_CONSTRAINT_VIOLATION, C40_TRANSACTION_ROLLBACK -> true;
            default -> false;
        };
    }

    private interface Work<T> {
        T in(DSLContext sql);
    }
}
