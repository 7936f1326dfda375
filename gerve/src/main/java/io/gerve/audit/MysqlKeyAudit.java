package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static org.jooq.impl.DSL.val;

import io.gerve.audit.KeyCursor.Check;
import io.gerve.audit.access.Results;
import io.gerve.audit.snapshot.MysqlTimeOrder;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.policy.KeyIssue;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.OrderField;
import org.jooq.TableField;

/**
 * Audit of the issues of accepted keys; revoked and deleted keys are left out. Each check reads one range of one index,
 * one page at a time, starting after the cursor of an earlier row.
 */
public final class MysqlKeyAudit {
    private static final int PAGE = MysqlKeyAuditRows.PAGE;
    private static final String WHAT = "audit of keys";
    private static final String LAST_USED = "public_keys_last_used";

    private final Supplier<DSLContext> database;

    public MysqlKeyAudit(Supplier<DSLContext> database) {
        this.database = database;
    }

    /**
     * Returns keys that were last used before the given time, the longest unused first. Keys that were never used are
     * left out.
     */
    public Results<KeyAuditEntry> stale(Instant before, KeyCursor after) {
        return byTime(LAST_USED, PUBLIC_KEYS.LAST_USED_AT, before, after, _ -> "stale");
    }

    /** Returns keys that expired before {@code now} or will expire before {@code until}, in order of expiry. */
    public Results<KeyAuditEntry> expiring(Instant now, Instant until, KeyCursor after) {
        return byTime(
                "public_keys_expiry",
                PUBLIC_KEYS.EXPIRES_AT,
                until,
                after,
                key -> key.time(PUBLIC_KEYS.EXPIRES_AT).isAfter(now) ? "expiring" : "expired");
    }

    /** Returns the cursor before the keys that expire at the given time or later. */
    public static KeyCursor expiringFrom(Instant time) {
        return Check.EXPIRY.at(time, 0);
    }

    /** Returns keys that were never used and were added before the given time. */
    public Results<KeyAuditEntry> neverUsed(Instant addedBefore, KeyCursor after) {
        var pages = new Pages(
                LAST_USED,
                after,
                cursor -> PUBLIC_KEYS.LAST_USED_AT.isNull().and(PUBLIC_KEYS.ID.gt(cursor.second())),
                List.of(PUBLIC_KEYS.ID),
                key -> after.check().at(0, key.id()));
        return rows(pages, key -> key.time(PUBLIC_KEYS.CREATED_AT).isBefore(addedBefore), _ -> "never_used");
    }

    /** Returns keys of suspended accounts. They are accepted again when the account is unsuspended. */
    public Results<KeyAuditEntry> ofSuspendedAccounts(KeyCursor after) {
        // The keys of the account at the cursor may not have been reported completely.
        return accountsAfter(after.first() - 1)
                .flatMap(Results::of)
                .flatMap(account -> account.isSuspended() ? ofSuspendedAccount(account.id(), after) : Results.none());
    }

    private Results<KeyAuditEntry> ofSuspendedAccount(long account, KeyCursor after) {
        var pages = new Pages(
                "public_keys_of_account",
                account == after.first() ? after : Check.SUSPENDED.at(account, 0),
                cursor -> PUBLIC_KEYS.ACCOUNT_ID.eq(account).and(PUBLIC_KEYS.ID.gt(cursor.second())),
                List.of(PUBLIC_KEYS.ID),
                key -> Check.SUSPENDED.at(account, key.id()));
        return rows(pages, _ -> true, _ -> "suspended_owner");
    }

    /** Returns keys that violate the site's policy. It reads every key. */
    public Results<KeyAuditEntry> weak(MysqlKeyStore keyStore, KeyPolicy policy, KeyCursor after) {
        // The key at the cursor is examined again: it may violate more rules than were reported.
        return Results.inPages(
                        PAGE,
                        Math.max(0, after.first() - 1),
                        (RegisteredKeyDetails key) -> key.registered().id(),
                        last -> keyStore.after(last, PAGE))
                .flatMap(Results::of)
                .flatMap(key -> Results.of(weak(key, policy, after)));
    }

    private static List<KeyAuditEntry> weak(RegisteredKeyDetails key, KeyPolicy policy, KeyCursor after) {
        long reported = key.registered().id() == after.first() ? after.second() : 0;
        List<KeyAuditEntry> rows = new ArrayList<>();
        if (key.registered().validity() instanceof KeyValidity.ValidUntil(Instant end)) {
            long count = 0;
            for (KeyIssue issue : policy.examine(key.key())) {
                count++;
                if (count > reported) {
                    rows.add(weak(key, end, issue, count));
                }
            }
        }
        return rows;
    }

    /**
     * Returns attempts to register a key that is already registered: another person has a copy of it, or one person has
     * two accounts.
     */
    public Results<KeyAuditEntry> duplicates(KeyCursor after) {
        return MysqlLookup.each(
                WHAT,
                Results.inPages(PAGE, after, MysqlKeyAudit::cursor, this::attemptsAfter)
                        .flatMap(Results::of)
                        .flatMap(attempt -> Results.of(duplicate(attempt))));
    }

    private static KeyCursor cursor(GrantChangesRecord attempt) {
        return Check.DUPLICATE.at(attempt.getChangedAt(), attempt.getId());
    }

    private List<GrantChangesRecord> attemptsAfter(KeyCursor last) {
        return database.get()
                .selectFrom(GRANT_CHANGES.forceIndex("grant_changes_of_kind"))
                .where(GRANT_CHANGES.KIND.eq(ChangeKind.KEY_REFUSED))
                .and(MysqlTimeOrder.isAfter(GRANT_CHANGES.CHANGED_AT, last.time(), GRANT_CHANGES.ID, last.second()))
                .orderBy(GRANT_CHANGES.CHANGED_AT, GRANT_CHANGES.ID)
                .limit(PAGE)
                .fetch();
    }

    private Optional<KeyAuditEntry> duplicate(GrantChangesRecord attempt) {
        DSLContext sql = database.get();
        String description = "registration attempted again on " + attempt.getChangedAt() + " by " + attempt.getActor()
                + Optional.ofNullable(attempt.getAccountId())
                        .map(id -> " for account " + loginOf(sql, id))
                        .orElse("");
        return new MysqlKeyAuditRows(sql)
                .page("PRIMARY", PUBLIC_KEYS.ID.eq(attempt.getKeyId()), List.of(PUBLIC_KEYS.ID)).stream()
                        .filter(MysqlKeyAuditRows.Row::isRegistered)
                        .findFirst()
                        .map(row -> row.entry("duplicate", description, cursor(attempt)));
    }

    private static String loginOf(DSLContext sql, long account) {
        return sql.select(ACCOUNTS.LOGIN)
                .from(ACCOUNTS)
                .where(ACCOUNTS.ID.eq(account))
                .fetchOptional(ACCOUNTS.LOGIN)
                .orElse(Long.toString(account));
    }

    private Results<KeyAuditEntry> byTime(
            String index,
            TableField<?, Instant> time,
            Instant until,
            KeyCursor after,
            Function<MysqlKeyAuditRows.Row, String> issue) {
        var pages = new Pages(
                index,
                after,
                cursor -> MysqlTimeOrder.isAfter(time, cursor.time(), PUBLIC_KEYS.ID, cursor.second())
                        .and(time.lt(val(until, time))),
                List.of(time, PUBLIC_KEYS.ID),
                key -> after.check().at(key.time(time), key.id()));
        return rows(pages, _ -> true, issue);
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
            Function<MysqlKeyAuditRows.Row, KeyCursor> cursor) {
        Results<List<MysqlKeyAuditRows.Row>> read(Supplier<DSLContext> database) {
            return Results.inPages(
                    PAGE,
                    start,
                    cursor,
                    last -> new MysqlKeyAuditRows(database.get()).page(index, after.apply(last), order));
        }
    }

    private Results<KeyAuditEntry> rows(
            Pages pages, Predicate<MysqlKeyAuditRows.Row> filter, Function<MysqlKeyAuditRows.Row, String> issue) {
        return MysqlLookup.each(
                WHAT,
                pages.read(database)
                        .flatMap(page -> Results.of(page.stream()
                                .filter(row -> row.isRegistered() && filter.test(row))
                                .map(row -> row.entry(
                                        issue.apply(row), "", pages.cursor().apply(row)))
                                .toList())));
    }

    private record AccountRow(long id, boolean isSuspended) {}

    /** Reads all accounts, so that no query has to read many of them to find one that is suspended. */
    private Results<List<AccountRow>> accountsAfter(long start) {
        return MysqlLookup.each(
                WHAT,
                Results.inPages(
                        PAGE,
                        start,
                        AccountRow::id,
                        last -> database.get()
                                .select(ACCOUNTS.ID, ACCOUNTS.SUSPENDED_AT)
                                .from(ACCOUNTS)
                                .where(ACCOUNTS.ID.gt(last))
                                .orderBy(ACCOUNTS.ID)
                                .limit(PAGE)
                                .fetch(row -> new AccountRow(row.value1(), row.value2() != null))));
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
