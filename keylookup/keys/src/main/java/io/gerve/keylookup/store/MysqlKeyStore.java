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
import org.jooq.exception.DataAccessException;

/**
 * Store of the registered keys. Each change is recorded in {@code grant_changes} by the same transaction, and published
 * to the gates after the commit. Safe for use by many threads.
 *
 * <p>Each method throws {@link LookupUnavailable} if the database does not answer in time. It is then not known whether
 * a change was made, and the change can safely be repeated.
 */
public final class MysqlKeyStore {
    /**
     * Time after the deletion of a key during which only its former owner can register it again. Old checkouts and
     * servers may still use the key, and would otherwise get the access of another account.
     */
    static final Duration RESERVATION = Duration.ofDays(90);

    /**
     * Keys of one account, and deploy keys of one repository. Lists of keys are read whole, and sent to anybody who asks.
     */
    static final int KEYS_MAX = 200;

    private static final int ATTEMPTS_MAX = 3;
    private static final int PAGE_SIZE = 500;

    private final Database database;
    private final InvalidationBus invalidations;
    private final InstantSource clock;

    public MysqlKeyStore(Database database, InvalidationBus invalidations, InstantSource clock) {
        this.database = database;
        this.invalidations = invalidations;
        this.clock = clock;
    }

    /** Registers a key. */
    public AddKeyResult add(NewKey key, Actor actor) throws LookupUnavailable {
        AddKeyResult result = inTransaction(sql -> add(sql, key, actor));
        if (result instanceof AddKeyResult.Added(RegisteredKeyDetails added)) {
            publish(Invalidation.Kind.KEY, added);
        }
        return result;
    }

    /**
     * Revokes a key.
     *
     * @param reason reason that the key's owner can read; at most 255 characters, may be empty
     */
    public RevokeKeyResult revoke(Fingerprint fingerprint, String reason, Actor actor) throws LookupUnavailable {
        if (reason.codePointCount(0, reason.length()) > 255) {
            throw new IllegalArgumentException("the reason for a revocation must have at most 255 characters");
        }
        RevokeKeyResult result = inTransaction(sql -> revoke(sql, fingerprint, reason, actor));
        return switch (result) {
            case RevokeKeyResult.Revoked(var key, var _) ->
                new RevokeKeyResult.Revoked(key, publish(Invalidation.Kind.KEY, key));
            case RevokeKeyResult.AlreadyRevoked(var key, var _) ->
                new RevokeKeyResult.AlreadyRevoked(key, publish(Invalidation.Kind.KEY, key));
            case RevokeKeyResult.NoSuchKey noSuchKey -> noSuchKey;
        };
    }

    /**
     * Deletes a key. It is unknown at login from then on. It stays reserved for its owner for 90 days; if it was revoked,
     * nobody can register it again.
     */
    public DeleteKeyResult delete(Fingerprint fingerprint, Actor actor) throws LookupUnavailable {
        DeleteKeyResult result = inTransaction(sql -> delete(sql, fingerprint, actor));
        return switch (result) {
            case DeleteKeyResult.Deleted(var key, var _) ->
                new DeleteKeyResult.Deleted(key, publish(Invalidation.Kind.KEY, key));
            case DeleteKeyResult.NoSuchKey noSuchKey -> noSuchKey;
        };
    }

    /**
     * Removes one repository from a deploy key. Removing the last repository deletes the key.
     *
     * @return {@link DeleteKeyResult.NoSuchKey} also if the key has no access to the repository
     */
    public DeleteKeyResult removeFromRepository(Fingerprint fingerprint, long repositoryId, Actor actor)
            throws LookupUnavailable {
        DeleteKeyResult result = inTransaction(sql -> removeFromRepository(sql, fingerprint, repositoryId, actor));
        return switch (result) {
            case DeleteKeyResult.Deleted(var key, var _) ->
                new DeleteKeyResult.Deleted(key, publish(Invalidation.Kind.KEY, key));
            case DeleteKeyResult.NoSuchKey noSuchKey -> noSuchKey;
        };
    }

    /**
     * Changes the title of a key.
     *
     * @return the key with its former title; empty if the key is not registered
     * @throws IllegalArgumentException if the title is invalid, as {@link NewKey#requireTitle} does
     */
    public Optional<RegisteredKeyDetails> rename(Fingerprint fingerprint, String title, Actor actor)
            throws LookupUnavailable {
        NewKey.requireTitle(title);
        Optional<RegisteredKeyDetails> renamed = inTransaction(sql -> rename(sql, fingerprint, title, actor));
        renamed.ifPresent(key -> publish(Invalidation.Kind.KEY, key));
        return renamed;
    }

    /** Finds a key by its fingerprint. Returns empty if it is not registered. */
    public Optional<RegisteredKeyDetails> find(Fingerprint fingerprint) throws LookupUnavailable {
        return inTransaction(sql -> new MysqlKeyQueries(sql).find(fingerprint));
    }

    /** Finds a key by its id. Returns empty if there is none. */
    public Optional<RegisteredKeyDetails> find(long id) throws LookupUnavailable {
        return inTransaction(sql -> new MysqlKeyQueries(sql).find(id));
    }

    /**
     * Returns the registered ones among the fingerprints. The result is in the order of registration within each
     * {@value #PAGE_SIZE} fingerprints.
     */
    public List<RegisteredKeyDetails> among(Collection<Fingerprint> fingerprints) throws LookupUnavailable {
        List<Fingerprint> all = List.copyOf(fingerprints);
        List<RegisteredKeyDetails> found = new ArrayList<>();
        for (int start = 0; start < all.size(); start += PAGE_SIZE) {
            List<Fingerprint> page = all.subList(start, Math.min(start + PAGE_SIZE, all.size()));
            found.addAll(inTransaction(sql -> new MysqlKeyQueries(sql).among(page)));
        }
        return found;
    }

    /**
     * Returns the account's keys in the order of registration. Returns an empty list also if there is no such account.
     */
    public List<RegisteredKeyDetails> ofAccount(long accountId) throws LookupUnavailable {
        return inTransaction(sql -> new MysqlKeyQueries(sql).ofAccount(accountId));
    }

    /**
     * Returns the repository's deploy keys in the order of registration. Returns an empty list also without the
     * repository.
     */
    public List<RegisteredKeyDetails> ofRepository(long repositoryId) throws LookupUnavailable {
        return inTransaction(sql -> new MysqlKeyQueries(sql).ofRepository(repositoryId));
    }

    /** Returns the name of the actor that added each of the repository's deploy keys, by key id. */
    public Map<Long, String> authorsOfDeployKeys(long repositoryId) throws LookupUnavailable {
        return inTransaction(sql -> new MysqlKeyQueries(sql).authorsOfDeployKeys(repositoryId));
    }

    /**
     * Returns a page of all registered keys, in the order of registration.
     *
     * @param id id of the last key of the previous page, 0 for the first page
     * @param max size of the page. Only the last page has fewer keys.
     */
    public List<RegisteredKeyDetails> after(long id, int max) throws LookupUnavailable {
        return inTransaction(sql -> new MysqlKeyQueries(sql).after(id, max));
    }

    private AddKeyResult add(DSLContext sql, NewKey key, Actor actor) {
        Optional<AddKeyResult> missingOwner = missingOwner(sql, key.owner());
        if (missingOwner.isPresent()) {
            return missingOwner.get();
        }
        if (isFull(sql, key.owner())) {
            return new AddKeyResult.TooMany(KEYS_MAX);
        }
        return switch (MysqlKeyReservation.find(sql, key, now())) {
            case MysqlKeyReservation.None _ -> addGrants(sql, insert(sql, key), key, actor);
            case MysqlKeyReservation.OfFormerOwner(long id) -> {
                restore(sql, id, key);
                yield addGrants(sql, id, key, actor);
            }
            case MysqlKeyReservation.InUse(boolean isOwn) -> {
                new MysqlKeyChangeRecorder(sql, now(), actor).recordRefusal(key);
                yield new AddKeyResult.InUse(isOwn);
            }
        };
    }

    private AddKeyResult addGrants(DSLContext sql, long id, NewKey key, Actor actor) {
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

    /** Returns the failure if the owner of a new key does not exist. */
    private static Optional<AddKeyResult> missingOwner(DSLContext sql, NewKey.Owner owner) {
        return switch (owner) {
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

    private static boolean isFull(DSLContext sql, NewKey.Owner owner) {
        return switch (owner) {
            case NewKey.ForAccount(long id) ->
                sql.fetchCount(PUBLIC_KEYS, PUBLIC_KEYS.ACCOUNT_ID.eq(id).and(PUBLIC_KEYS.DELETED_AT.isNull()))
                        >= KEYS_MAX;
            case NewKey.ForRepositories(Map<Long, DeployKeyAccess> access) ->
                access.keySet().stream()
                        .anyMatch(id ->
                                sql.fetchCount(DEPLOY_KEY_REPOSITORIES, DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID.eq(id))
                                        >= KEYS_MAX);
        };
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
        // Not returningResult(): jOOQ uses RETURNING for MariaDB, and Connector/J does not return its rows.
        return sql.lastID().longValueExact();
    }

    /** Gives a deleted key back. It keeps its id and the time of its first registration, as the history has them. */
    private static void restore(DSLContext sql, long id, NewKey key) {
        sql.update(PUBLIC_KEYS)
                .setNull(PUBLIC_KEYS.DELETED_AT)
                .set(PUBLIC_KEYS.TITLE, key.title())
                .set(PUBLIC_KEYS.EXPIRES_AT, key.expiry().equals(Instant.MAX) ? null : key.expiry())
                .where(PUBLIC_KEYS.ID.eq(id))
                .execute();
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
        Optional<RegisteredKeyDetails.Grant> grant = found.stream()
                .flatMap(key -> key.grants().stream())
                .filter(candidate -> candidate.repositoryId() == repositoryId)
                .findFirst();
        if (found.isEmpty() || grant.isEmpty()) {
            return new DeleteKeyResult.NoSuchKey();
        }
        RegisteredKeyDetails key = found.get();
        if (hasOneGrant(key)) {
            return delete(sql, fingerprint, actor);
        }
        sql.deleteFrom(DEPLOY_KEY_REPOSITORIES)
                .where(DEPLOY_KEY_REPOSITORIES.KEY_ID.eq(key.registered().id()))
                .and(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID.eq(repositoryId))
                .execute();
        var removed = new RegisteredKeyDetails(
                key.registered(), key.key(), key.createdAt(), key.lastUsedAt(), key.revokedBy(), List.of(grant.get()));
        new MysqlKeyChangeRecorder(sql, now(), actor).record(ChangeKind.KEY_DELETED, removed);
        return new DeleteKeyResult.Deleted(key, false);
    }

    private Optional<RegisteredKeyDetails> rename(DSLContext sql, Fingerprint fingerprint, String title, Actor actor) {
        Optional<RegisteredKeyDetails> found = new MysqlKeyQueries(sql).lock(fingerprint);
        found.ifPresent(key -> {
            sql.update(PUBLIC_KEYS)
                    .set(PUBLIC_KEYS.TITLE, title)
                    .where(PUBLIC_KEYS.ID.eq(key.registered().id()))
                    .execute();
            new MysqlKeyChangeRecorder(sql, now(), actor).recordTitleChange(key, title);
        });
        return found;
    }

    private static boolean hasOneGrant(RegisteredKeyDetails key) {
        return key.grants().size() == 1;
    }

    /** Publishes invalidations of the key and its repositories. Returns true if Redis accepted all of them. */
    private boolean publish(Invalidation.Kind kind, RegisteredKeyDetails key) {
        boolean accepted = invalidations.publish(
                new Invalidation(kind, key.registered().fingerprint().text()));
        for (RegisteredKeyDetails.Grant grant : key.grants()) {
            accepted &= invalidations.publish(
                    new Invalidation(Invalidation.Kind.REPOSITORY, Long.toString(grant.repositoryId())));
        }
        return accepted;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /**
     * Runs a transaction, and repeats it after a conflict with a concurrent one. If two transactions add the same key,
     * the second attempt of the loser finds the row of the other.
     */
    private <T> T inTransaction(Work<T> work) throws LookupUnavailable {
        for (int attempt = 1; ; attempt++) {
            try {
                return database.sql().transactionResult(configuration -> work.in(configuration.dsl()));
            } catch (DataAccessException e) {
                if (attempt == ATTEMPTS_MAX || !isConflict(e)) {
                    throw new LookupUnavailable("registered keys", e);
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
