package io.gerve.keylookup.store;

import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.InsertSetMoreStep;
import org.jooq.impl.DSL;

/** What is written down of a change to a key: one row for an account's key, one for each repository of a deploy key. */
final class MysqlKeyChangeRecorder {
    private final DSLContext sql;
    private final Instant now;
    private final Actor actor;

    MysqlKeyChangeRecorder(DSLContext sql, Instant now, Actor actor) {
        this.sql = sql;
        this.now = now;
        this.actor = actor;
    }

    /** @param key as it was while it had its rights */
    void record(ChangeKind kind, RegisteredKeyDetails key) {
        String fingerprint = key.registered().fingerprint().text();
        if (key.registered().principal() instanceof Principal.OfAccount(Account account)) {
            row(kind, key, fingerprint)
                    .set(GRANT_CHANGES.ACCOUNT_ID, account.id())
                    .execute();
        } else if (key.grants().isEmpty()) {
            row(kind, key, fingerprint).execute();
        }
        for (RegisteredKeyDetails.Grant right : key.grants()) {
            String access = right.access().name().toLowerCase(Locale.ROOT);
            row(kind, key, fingerprint + ' ' + access)
                    .set(GRANT_CHANGES.REPOSITORY_ID, right.repositoryId())
                    .execute();
        }
    }

    /** @param key as it was */
    void recordRename(RegisteredKeyDetails key, String title) {
        Optional<Long> account = key.registered().principal() instanceof Principal.OfAccount(Account owner)
                ? Optional.of(owner.id())
                : Optional.empty();
        account.ifPresent(
                id -> renaming(key, title).set(GRANT_CHANGES.ACCOUNT_ID, id).execute());
        for (RegisteredKeyDetails.Grant right : key.grants()) {
            renaming(key, title)
                    .set(GRANT_CHANGES.REPOSITORY_ID, right.repositoryId())
                    .execute();
        }
    }

    private InsertSetMoreStep<GrantChangesRecord> renaming(RegisteredKeyDetails key, String title) {
        return row(ChangeKind.KEY_RENAMED, key, key.registered().title()).set(GRANT_CHANGES.AFTER_VALUE, title);
    }

    /** That somebody tried to register a key that is registered already, or reserved: whoever holds a copy of it should be found. */
    void recordRefusal(NewKey key) {
        String fingerprint = key.key().fingerprint().text();
        var registered = DSL.field(DSL.select(PUBLIC_KEYS.ID)
                .from(PUBLIC_KEYS)
                .where(PUBLIC_KEYS.FINGERPRINT.eq(key.key().fingerprint().digest())));
        var row = sql.insertInto(GRANT_CHANGES)
                .set(GRANT_CHANGES.CHANGED_AT, now)
                .set(GRANT_CHANGES.ACTOR, actor.name())
                .set(GRANT_CHANGES.PROGRAM, actor.program())
                .set(GRANT_CHANGES.KIND, ChangeKind.KEY_REFUSED)
                .set(GRANT_CHANGES.KEY_ID, registered)
                .set(GRANT_CHANGES.AFTER_VALUE, fingerprint);
        switch (key.owner()) {
            case NewKey.ForAccount(long account) ->
                row.set(GRANT_CHANGES.ACCOUNT_ID, account).execute();
            case NewKey.ForRepositories _ -> row.execute();
        }
    }

    private InsertSetMoreStep<GrantChangesRecord> row(ChangeKind kind, RegisteredKeyDetails key, String value) {
        return sql.insertInto(GRANT_CHANGES)
                .set(GRANT_CHANGES.CHANGED_AT, now)
                .set(GRANT_CHANGES.ACTOR, actor.name())
                .set(GRANT_CHANGES.PROGRAM, actor.program())
                .set(GRANT_CHANGES.KIND, kind)
                .set(GRANT_CHANGES.KEY_ID, key.registered().id())
                .set(kind == ChangeKind.KEY_ADDED ? GRANT_CHANGES.AFTER_VALUE : GRANT_CHANGES.BEFORE_VALUE, value);
    }
}
