package io.gerve.keyservice.web;

import static io.gerve.sql.schema.Tables.WEB_SESSIONS;

import io.gerve.config.KeylookupSettings;
import io.gerve.keylookup.token.MysqlTokenStore;
import io.gerve.keylookup.token.TokenDetails;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/**
 * Store of web sessions in the database. Sessions are valid on every instance and survive restarts. A session ends on
 * all instances at once when the user signs out or the token stops working. Safe for use by many threads.
 */
final class MysqlWebSessionStore {
    private static final Duration SEEN_AT_RESOLUTION = Duration.ofMinutes(1);
    private static final int SESSIONS_PER_TOKEN_MAX = 20;
    private static final int EXPIRED_DELETED_MAX = 1000;

    private final Database database;
    private final MysqlTokenStore tokens;
    private final KeylookupSettings.Sessions settings;
    private final InstantSource clock;

    MysqlWebSessionStore(
            Database database, MysqlTokenStore tokens, KeylookupSettings.Sessions settings, InstantSource clock) {
        this.database = database;
        this.tokens = tokens;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Session of a user who is signed in.
     *
     * @param notice the message for the next page, empty if there is none
     */
    record Session(TokenDetails token, String notice) {}

    /**
     * Opens a session. Deletes the oldest sessions of the token beyond {@value #SESSIONS_PER_TOKEN_MAX}, and up to
     * {@value #EXPIRED_DELETED_MAX} expired sessions of any token.
     */
    void open(SessionSecret secret, TokenDetails token) throws LookupUnavailable {
        Instant now = now();
        inTransaction(sql -> {
            sql.deleteFrom(WEB_SESSIONS)
                    .where(WEB_SESSIONS.CREATED_AT.lt(instant(now.minus(settings.maxLifetime()))))
                    .limit(EXPIRED_DELETED_MAX)
                    .execute();
            int surplus =
                    sql.fetchCount(WEB_SESSIONS, WEB_SESSIONS.TOKEN_ID.eq(token.id())) - SESSIONS_PER_TOKEN_MAX + 1;
            if (surplus > 0) {
                sql.deleteFrom(WEB_SESSIONS)
                        .where(WEB_SESSIONS.TOKEN_ID.eq(token.id()))
                        .orderBy(WEB_SESSIONS.CREATED_AT)
                        .limit(surplus)
                        .execute();
            }
            return sql.insertInto(WEB_SESSIONS)
                    .set(WEB_SESSIONS.SECRET_SHA256, secret.sha256())
                    .set(WEB_SESSIONS.TOKEN_ID, token.id())
                    .set(WEB_SESSIONS.CREATED_AT, now)
                    .set(WEB_SESSIONS.SEEN_AT, now)
                    .execute();
        });
    }

    /** Returns the session, or empty if there is none, it has expired, or its token no longer works. */
    Optional<Session> find(SessionSecret secret) throws LookupUnavailable {
        Instant now = now();
        Optional<Record> row = inTransaction(sql -> sql.select(WEB_SESSIONS.fields())
                .from(WEB_SESSIONS)
                .where(WEB_SESSIONS.SECRET_SHA256.eq(secret.sha256()))
                .and(WEB_SESSIONS.CREATED_AT.gt(instant(now.minus(settings.maxLifetime()))))
                .and(WEB_SESSIONS.SEEN_AT.gt(instant(now.minus(settings.idleTimeout()))))
                .fetchOptional());
        if (row.isEmpty()) {
            return Optional.empty();
        }
        Optional<TokenDetails> token = tokens.find(row.get().get(WEB_SESSIONS.TOKEN_ID));
        if (token.isPresent() && row.get().get(WEB_SESSIONS.SEEN_AT).isBefore(now.minus(SEEN_AT_RESOLUTION))) {
            inTransaction(sql -> sql.update(WEB_SESSIONS)
                    .set(WEB_SESSIONS.SEEN_AT, now)
                    .where(WEB_SESSIONS.SECRET_SHA256.eq(secret.sha256()))
                    .execute());
        }
        String notice = Objects.requireNonNullElse(row.get().get(WEB_SESSIONS.NOTICE), "");
        return token.map(found -> new Session(found, notice));
    }

    /**
     * Sets the message for the next page.
     *
     * @param notice at most 1000 characters; empty for none
     */
    void setNotice(SessionSecret secret, String notice) throws LookupUnavailable {
        inTransaction(sql -> sql.update(WEB_SESSIONS)
                .set(WEB_SESSIONS.NOTICE, notice)
                .where(WEB_SESSIONS.SECRET_SHA256.eq(secret.sha256()))
                .execute());
    }

    /** Closes the session, if it exists. */
    void close(SessionSecret secret) throws LookupUnavailable {
        inTransaction(sql -> sql.deleteFrom(WEB_SESSIONS)
                .where(WEB_SESSIONS.SECRET_SHA256.eq(secret.sha256()))
                .execute());
    }

    private static Field<Instant> instant(Instant time) {
        return DSL.val(time, WEB_SESSIONS.CREATED_AT);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private <T> T inTransaction(Work<T> work) throws LookupUnavailable {
        try {
            return database.sql().transactionResult(configuration -> work.in(configuration.dsl()));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("web session", e);
        }
    }

    private interface Work<T> {
        T in(DSLContext sql);
    }
}
