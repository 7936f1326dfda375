package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static org.jooq.impl.DSL.val;

import io.gerve.audit.KeyCursor.Check;
import io.gerve.audit.access.AccessEntry;
import io.gerve.audit.snapshot.MysqlTimeOrder;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.policy.KeyIssue;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.OrderField;
import org.jooq.TableField;
import org.jooq.exception.DataAccessException;

/**
 * Audit of the issues of accepted keys; revoked and deleted keys are left out. Each check reads one range of one index,
 * one page at a time, starting after the cursor of an earlier row. Each method returns false if the sink ended the
 * audit.
 */
public final class MysqlKeyAudit {
    private static final int PAGE = MysqlKeyAuditRows.PAGE;
    private static final String LAST_USED = "public_keys_last_used";

    private final Supplier<DSLContext> database;

    public MysqlKeyAudit(Supplier<DSLContext> database) {
        this.database = database;
    }

    /**
     * Reports keys that were last used before the given time, the longest unused first. Keys that were never used are
     * left out.
     */
    public boolean stale(Instant before, KeyCursor after, AccessEntry.Sink<KeyAuditEntry> sink)
            throws LookupUnavailable {
        return byTime(LAST_USED, PUBLIC_KEYS.LAST_USED_AT, before, after, sink, _ -> "stale");
    }

    /** Reports keys that expired before {@code now} or will expire before {@code until}, in order of expiry. */
    public boolean expiring(Instant now, Instant until, KeyCursor after, AccessEntry.Sink<KeyAuditEntry> sink)
            throws LookupUnavailable {
        return byTime(
                "public_keys_expiry",
                PUBLIC_KEYS.EXPIRES_AT,
                until,
                after,
                sink,
                key -> key.time(PUBLIC_KEYS.EXPIRES_AT).isAfter(now) ? "expiring" : "expired");
    }

    /** Returns the cursor before the keys that expire at the given time or later. */
    public static KeyCursor expiringFrom(Instant time) {
        return Check.EXPIRY.at(time, 0);
    }

    /** Reports keys that were never used and were added before the given time. */
    public boolean neverUsed(Instant addedBefore, KeyCursor after, AccessEntry.Sink<KeyAuditEntry> sink)
            throws LookupUnavailable {
        var pages = new Pages(
                LAST_USED,
                after,
                cursor -> PUBLIC_KEYS.LAST_USED_AT.isNull().and(PUBLIC_KEYS.ID.gt(cursor.second())),
                List.of(PUBLIC_KEYS.ID),
                key -> after.check().at(0, key.id()));
        return pages(pages, sink, key -> key.time(PUBLIC_KEYS.CREATED_AT).isBefore(addedBefore), _ -> "never_used");
    }

    /** Reports keys of suspended accounts. They are accepted again when the account is unsuspended. */
    public boolean ofSuspendedAccounts(KeyCursor after, AccessEntry.Sink<KeyAuditEntry> sink) throws LookupUnavailable {
        if (after.first() > 0 && !ofSuspendedAccount(after, sink)) {
            return false;
        }
        long last = after.first();
        List<AccountRow> accounts;
        do {
            accounts = accountsAfter(last);
            for (AccountRow account : accounts) {
                last = account.id();
                if (account.isSuspended() && !ofSuspendedAccount(Check.SUSPENDED.at(last, 0), sink)) {
                    return false;
                }
            }
        } while (accounts.size() == PAGE);
        return true;
    }

    private boolean ofSuspendedAccount(KeyCursor after, AccessEntry.Sink<KeyAuditEntry> sink) throws LookupUnavailable {
        long account = after.first();
        var pages = new Pages(
                "public_keys_of_account",
                after,
                cursor -> PUBLIC_KEYS.ACCOUNT_ID.eq(account).and(PUBLIC_KEYS.ID.gt(cursor.second())),
                List.of(PUBLIC_KEYS.ID),
                key -> after.check().at(account, key.id()));
        return pages(pages, sink, _ -> true, _ -> "suspended_owner");
    }

    /** Reports keys that violate the site's policy. It reads every key. */
    public boolean weak(MysqlKeyStore keyStore, KeyPolicy policy, KeyCursor after, AccessEntry.Sink<KeyAuditEntry> sink)
            throws LookupUnavailable {
        // The key at the cursor is examined again: it may violate more rules than were reported.
        long last = Math.max(0, after.first() - 1);
        List<RegisteredKeyDetails> page;
        do {
            page = keyStore.after(last, PAGE);
            for (RegisteredKeyDetails key : page) {
                last = key.registered().id();
                long reported = last == after.first() ? after.second() : 0;
                if (!weak(key, policy, reported, sink)) {
                    return false;
                }
            }
        } while (page.size() == PAGE);
        return true;
    }

    private static boolean weak(
            RegisteredKeyDetails key, KeyPolicy policy, long reported, AccessEntry.Sink<KeyAuditEntry> sink) {
        if (key.registered().validity() instanceof KeyValidity.ValidUntil(Instant end)) {
            long count = 0;
            for (KeyIssue issue : policy.examine(key.key())) {
                count++;
                if (count > reported && !sink.accept(weak(key, end, issue, count))) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Reports attempts to register a key that is already registered: another person has a copy of it, or one person has
     * two accounts.
     */
    public boolean duplicates(KeyCursor after, AccessEntry.Sink<KeyAuditEntry> sink) throws LookupUnavailable {
        try {
            DSLContext sql = database.get();
            KeyCursor last = after;
            List<GrantChangesRecord> attempts;
            do {
                attempts = sql.selectFrom(GRANT_CHANGES.forceIndex("grant_changes_of_kind"))
                        .where(GRANT_CHANGES.KIND.eq(ChangeKind.KEY_REFUSED))
                        .and(MysqlTimeOrder.isAfter(
                                GRANT_CHANGES.CHANGED_AT, last.time(), GRANT_CHANGES.ID, last.second()))
                        .orderBy(GRANT_CHANGES.CHANGED_AT, GRANT_CHANGES.ID)
                        .limit(PAGE)
                        .fetch();
                for (var attempt : attempts) {
                    last = after.check().at(attempt.getChangedAt(), attempt.getId());
                    Optional<KeyAuditEntry> key = duplicate(sql, attempt, last);
                    if (key.isPresent() && !sink.accept(key.get())) {
                        return false;
                    }
                }
            } while (attempts.size() == PAGE);
            return true;
        } catch (DataAccessException e) {
            throw new LookupUnavailable("audit of keys", e);
        }
    }

    private static Optional<KeyAuditEntry> duplicate(DSLContext sql, GrantChangesRecord attempt, KeyCursor cursor) {
        String description = "registration attempted again on " + attempt.getChangedAt() + " by " + attempt.getActor()
                + Optional.ofNullable(attempt.getAccountId())
                        .map(id -> " for account " + loginOf(sql, id))
                        .orElse("");
        return new MysqlKeyAuditRows(sql)
                .page("PRIMARY", PUBLIC_KEYS.ID.eq(attempt.getKeyId()), List.of(PUBLIC_KEYS.ID)).stream()
                        .filter(MysqlKeyAuditRows.Row::isRegistered)
                        .findFirst()
                        .map(row -> row.entry("duplicate", description, cursor));
    }

    private static String loginOf(DSLContext sql, long account) {
        return sql.select(ACCOUNTS.LOGIN)
                .from(ACCOUNTS)
                .where(ACCOUNTS.ID.eq(account))
                .fetchOptional(ACCOUNTS.LOGIN)
                .orElse(Long.toString(account));
    }

    private boolean byTime(
            String index,
            TableField<?, Instant> time,
            Instant until,
            KeyCursor after,
            AccessEntry.Sink<KeyAuditEntry> sink,
            Function<MysqlKeyAuditRows.Row, String> issue)
            throws LookupUnavailable {
        var pages = new Pages(
                index,
                after,
                cursor -> MysqlTimeOrder.isAfter(time, cursor.time(), PUBLIC_KEYS.ID, cursor.second())
                        .and(time.lt(val(until, time))),
                List.of(time, PUBLIC_KEYS.ID),
                key -> after.check().at(key.time(time), key.id()));
        return pages(pages, sink, _ -> true, issue);
    }

    /**
     * The query for the pages of a check.
     *
     * @param after the condition for the rows after a cursor
     * @param cursor the cursor of a row
     */
    private record Pages(
            String index,
            KeyCursor start,
            Function<KeyCursor, Condition> after,
            List<? extends OrderField<?>> order,
            Function<MysqlKeyAuditRows.Row, KeyCursor> cursor) {}

    private boolean pages(
            Pages pages,
            AccessEntry.Sink<KeyAuditEntry> sink,
            Predicate<MysqlKeyAuditRows.Row> filter,
            Function<MysqlKeyAuditRows.Row, String> issue)
            throws LookupUnavailable {
        try {
            var keys = new MysqlKeyAuditRows(database.get());
            KeyCursor last = pages.start();
            List<MysqlKeyAuditRows.Row> page;
            do {
                page = keys.page(pages.index(), pages.after().apply(last), pages.order());
                for (var row : page) {
                    last = pages.cursor().apply(row);
                    if (row.isRegistered() && filter.test(row) && !sink.accept(row.entry(issue.apply(row), "", last))) {
                        return false;
                    }
                }
            } while (page.size() == PAGE);
            return true;
        } catch (DataAccessException e) {
            throw new LookupUnavailable("audit of keys", e);
        }
    }

    private record AccountRow(long id, boolean isSuspended) {}

    /** Reads all accounts, so that no query has to read many of them to find one that is suspended. */
    private List<AccountRow> accountsAfter(long last) throws LookupUnavailable {
        try {
            return database.get()
                    .select(ACCOUNTS.ID, ACCOUNTS.SUSPENDED_AT)
                    .from(ACCOUNTS)
                    .where(ACCOUNTS.ID.gt(last))
                    .orderBy(ACCOUNTS.ID)
                    .limit(PAGE)
                    .fetch(row -> new AccountRow(row.value1(), row.value2() != null));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("audit of keys", e);
        }
    }

    private static KeyAuditEntry weak(RegisteredKeyDetails key, Instant end, KeyIssue issue, long count) {
        return new KeyAuditEntry(
                key.registered().fingerprint(),
                principal(key),
                key.key().algorithm().wireName(),
                key.key().bits(),
                key.registered().title(),
                key.createdAt(),
                key.lastUsedAt(),
                end,
                issue.rule().label(),
                issue.message(),
                Check.WEAK.at(key.registered().id(), count));
    }

    private static String principal(RegisteredKeyDetails key) {
        return switch (key.registered().principal()) {
            case Principal.OfAccount(var account) -> account.login().text();
            case Principal.OfDeployKey(String repository) -> repository;
        };
    }
}
