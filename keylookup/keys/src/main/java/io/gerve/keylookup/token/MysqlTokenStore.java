package io.gerve.keylookup.token;

import static io.gerve.sql.schema.Tables.ACCESS_TOKENS;
import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;

import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.MysqlAccountDirectory;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.ChangeKind;
import io.gerve.sql.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.exception.DataAccessException;

/**
 * Store of access tokens. Each change is recorded in {@code grant_changes} by the same transaction. Tokens are not
 * cached, so that a revocation takes effect at once. Safe for use by many threads.
 */
public final class MysqlTokenStore {
    private static final Duration LAST_USED_RESOLUTION = Duration.ofMinutes(1);

    private final Database database;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** @param random generator of unpredictable numbers */
    public MysqlTokenStore(Database database, InstantSource clock, RandomGenerator random) {
        this.database = database;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Created token.
     *
     * @param token the secret, which cannot be retrieved again
     */
    public record Created(TokenDetails details, AccessToken token) {}

    public Created create(NewToken token, Actor actor) throws LookupUnavailable {
        AccessToken secret = AccessToken.generate(random);
        return inTransaction(sql -> {
            long id = insert(sql, token, secret);
            recordChange(sql, actor, ChangeKind.TOKEN_ADDED, id);
            return new Created(byId(sql, id).orElseThrow(), secret);
        });
    }

    /** Finds a token. Returns empty if it does not exist, is revoked or has expired. */
    public Optional<TokenDetails> find(AccessToken token) throws LookupUnavailable {
        return inTransaction(sql -> tokens(sql, ACCESS_TOKENS.TOKEN_SHA256.eq(token.sha256()))
                .fetchOptional(MysqlTokenStore::details)
                .filter(details -> details.expiry().isAfter(clock.instant())));
    }

    /** Finds a token by its id, with the same result as {@link #find(AccessToken)}. */
    public Optional<TokenDetails> find(long id) throws LookupUnavailable {
        return inTransaction(
                sql -> byId(sql, id).filter(details -> details.expiry().isAfter(clock.instant())));
    }

    /** Records the use of a token, unless its last-used time is less than a minute old. */
    public void used(TokenDetails token) throws LookupUnavailable {
        Instant now = now();
        if (token.lastUsedAt().isBefore(now.minus(LAST_USED_RESOLUTION))) {
            inTransaction(sql -> sql.update(ACCESS_TOKENS)
                    .set(ACCESS_TOKENS.LAST_USED_AT, now)
                    .where(ACCESS_TOKENS.ID.eq(token.id()))
                    .execute());
        }
    }

    /** Returns the tokens of an account that are not revoked, including expired ones, in the order of creation. */
    public List<TokenDetails> ofAccount(long accountId) throws LookupUnavailable {
        return inTransaction(
                sql -> tokens(sql, ACCESS_TOKENS.ACCOUNT_ID.eq(accountId)).fetch(MysqlTokenStore::details));
    }

    /** Returns the service tokens, as {@link #ofAccount} does. */
    public List<TokenDetails> ofService() throws LookupUnavailable {
        return inTransaction(
                sql -> tokens(sql, ACCESS_TOKENS.ACCOUNT_ID.isNull()).fetch(MysqlTokenStore::details));
    }

    /** Revokes a token. Returns the token before the change, or empty if it does not exist or is already revoked. */
    public Optional<TokenDetails> revoke(long id, Actor actor) throws LookupUnavailable {
        return inTransaction(sql -> {
            Optional<TokenDetails> token = byId(sql, id);
            boolean revoked = sql.update(ACCESS_TOKENS)
                            .set(ACCESS_TOKENS.REVOKED_AT, now())
                            .where(ACCESS_TOKENS.ID.eq(id))
                            .and(ACCESS_TOKENS.REVOKED_AT.isNull())
                            .execute()
                    > 0;
            if (revoked) {
                recordChange(sql, actor, ChangeKind.TOKEN_REVOKED, id);
            }
            return revoked ? token : Optional.empty();
        });
    }

    private long insert(DSLContext sql, NewToken token, AccessToken secret) {
        var insert = sql.insertInto(ACCESS_TOKENS)
                .set(ACCESS_TOKENS.TOKEN_SHA256, secret.sha256())
                .set(ACCESS_TOKENS.TITLE, token.title())
                .set(ACCESS_TOKENS.SCOPES, TokenScope.labels(token.scopes(), " "))
                .set(ACCESS_TOKENS.CREATED_AT, now());
        if (token.owner() instanceof NewToken.ForAccount(long accountId)) {
            insert = insert.set(ACCESS_TOKENS.ACCOUNT_ID, accountId);
        }
        if (!token.expiry().equals(Instant.MAX)) {
            insert = insert.set(ACCESS_TOKENS.EXPIRES_AT, token.expiry());
        }
        insert.execute();
        return sql.lastID().longValueExact();
    }

    /** Records a change with the id, title and scopes of the token, and without the secret or its hash. */
    private void recordChange(DSLContext sql, Actor actor, ChangeKind kind, long id) {
        Record row = sql.select(ACCESS_TOKENS.ACCOUNT_ID, ACCESS_TOKENS.TITLE, ACCESS_TOKENS.SCOPES)
                .from(ACCESS_TOKENS)
                .where(ACCESS_TOKENS.ID.eq(id))
                .fetchSingle();
        sql.insertInto(GRANT_CHANGES)
                .set(GRANT_CHANGES.CHANGED_AT, now())
                .set(GRANT_CHANGES.ACTOR, actor.name())
                .set(GRANT_CHANGES.PROGRAM, actor.program())
                .set(GRANT_CHANGES.KIND, kind)
                .set(GRANT_CHANGES.ACCOUNT_ID, row.get(ACCESS_TOKENS.ACCOUNT_ID))
                .set(
                        kind == ChangeKind.TOKEN_ADDED ? GRANT_CHANGES.AFTER_VALUE : GRANT_CHANGES.BEFORE_VALUE,
                        id + " " + row.get(ACCESS_TOKENS.TITLE) + ": " + row.get(ACCESS_TOKENS.SCOPES))
                .execute();
    }

    private static Optional<TokenDetails> byId(DSLContext sql, long id) {
        return tokens(sql, ACCESS_TOKENS.ID.eq(id)).fetchOptional(MysqlTokenStore::details);
    }

    private static ResultQuery<Record> tokens(DSLContext sql, Condition condition) {
        return sql.select(ACCESS_TOKENS.fields())
                .select(MysqlAccountDirectory.FIELDS)
                .from(ACCESS_TOKENS)
                .leftJoin(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(ACCESS_TOKENS.ACCOUNT_ID))
                .where(condition)
                .and(ACCESS_TOKENS.REVOKED_AT.isNull())
                .orderBy(ACCESS_TOKENS.ID);
    }

    private static TokenDetails details(Record row) {
        return new TokenDetails(
                row.get(ACCESS_TOKENS.ID),
                owner(row),
                row.get(ACCESS_TOKENS.TITLE),
                TokenScope.parseAll(row.get(ACCESS_TOKENS.SCOPES)),
                row.get(ACCESS_TOKENS.CREATED_AT),
                Objects.requireNonNullElse(row.get(ACCESS_TOKENS.EXPIRES_AT), Instant.MAX),
                Objects.requireNonNullElse(row.get(ACCESS_TOKENS.LAST_USED_AT), Instant.MIN));
    }

    /**
     * Reads the owner from the token's own column, so that a missing account does not turn its tokens into service
     * tokens.
     */
    private static TokenOwner owner(Record row) {
        if (row.get(ACCESS_TOKENS.ACCOUNT_ID) == null) {
            return new TokenOwner.Service();
        }
        return new TokenOwner.OfAccount(MysqlAccountDirectory.account(row));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private <T> T inTransaction(Work<T> work) throws LookupUnavailable {
        try {
            return database.sql().transactionResult(configuration -> work.in(configuration.dsl()));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("access tokens", e);
        }
    }

    private interface Work<T> {
        T in(DSLContext sql);
    }
}
