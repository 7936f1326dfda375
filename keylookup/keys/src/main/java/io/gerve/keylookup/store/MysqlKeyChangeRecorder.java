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

/**
 * Recorder of key changes in {@code grant_changes}. A change of an account's key is one row. A change of a deploy key is
 * one row for each repository.
 */
final class MysqlKeyChangeRecorder {
    private final DSLContext sql;
    private final Instant now;
    private final Actor actor;

    MysqlKeyChangeRecorder(DSLContext sql, Instant now, Actor actor) {
        this.sql = sql;
        this.now = now;
        this.actor = actor;
    }

    /**
     * Records a change.
     *
     * @param key the key with the grants that the change adds or removes
     */
    void record(ChangeKind kind, RegisteredKeyDetails key) {
        String fingerprint = key.registered().fingerprint().text();
        if (key.registered().principal() instanceof Principal.OfAccount(Account account)) {
            row(kind, key, fingerprint)
                    .set(GRANT_CHANGES.ACCOUNT_ID, account.id())
                    .execute();
        } else if (key.grants().isEmpty()) {
            row(kind, key, fingerprint).execute();
        }
        for (RegisteredKeyDetails.Grant grant : key.grants()) {
            String access = grant.access().name().toLowerCase(Locale.ROOT);
            row(kind, key, fingerprint + ' ' + access)
                    .set(GRANT_CHANGES.REPOSITORY_ID, grant.repositoryId())
                    .execute();
        }
    }

    /**
     * Records a change of a key's title.
     *
     * @param key the key with its former title
     * @param title the new title
     */
    void recordTitleChange(RegisteredKeyDetails key, String title) {
        Optional<Long> account = key.registered().principal() instanceof Principal.OfAccount(Account owner)
                ? Optional.of(owner.id())
                : Optional.empty();
        account.ifPresent(id ->
                titleChangeRow(key, title).set(GRANT_CHANGES.ACCOUNT_ID, id).execute());
        for (RegisteredKeyDetails.Grant grant : key.grants()) {
            titleChangeRow(key, title)
                    .set(GRANT_CHANGES.REPOSITORY_ID, grant.repositoryId())
                    .execute();
        }
    }

    private InsertSetMoreStep<GrantChangesRecord> titleChangeRow(RegisteredKeyDetails key, String title) {
        return row(ChangeKind.KEY_RENAMED, key, key.registered().title()).set(GRANT_CHANGES.AFTER_VALUE, title);
    }

    /**
     * Records that a registration was refused because the key is already registered or reserved. From these records an
     * operator can find the accounts that have a copy of the key.
     */
    void recordRefusal(NewKey key) {
        String fingerprint = key.key().fingerprint().text();
        var registeredId = DSL.field(DSL.select(PUBLIC_KEYS.ID)
                .from(PUBLIC_KEYS)
                .where(PUBLIC_KEYS.FINGERPRINT.eq(key.key().fingerprint().digest())));
        var row = sql.insertInto(GRANT_CHANGES)
                .set(GRANT_CHANGES.CHANGED_AT, now)
                .set(GRANT_CHANGES.ACTOR, actor.name())
                .set(GRANT_CHANGES.PROGRAM, actor.program())
                .set(GRANT_CHANGES.KIND, ChangeKind.KEY_REFUSED)
                .set(GRANT_CHANGES.KEY_ID, registeredId)
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
