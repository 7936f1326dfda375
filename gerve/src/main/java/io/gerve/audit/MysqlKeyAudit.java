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
 * What is amiss with keys that would still let somebody in; those that were revoked are not looked at. Each question reads one range of one
 * index, a page at a time, from a place on that an earlier answer named. Each method returns whether to go on.
 */
public final class MysqlKeyAudit {
    private static final int PAGE = MysqlKeyAuditRows.PAGE;
    private static final String LAST_USED = "public_keys_last_used";

    private final Supplier<DSLContext> database;

    public MysqlKeyAudit(Supplier<DSLContext> database) {
        this.database = database;
    }

    /** Last used before a time, the longest unused first. Keys that were never used are another question. */
    public boolean stale(Instant before, KeyCursor after, AccessEntry.Sink<KeyAuditEntry> sink)
            throws LookupUnavailable {
        return byTime(LAST_USED, PUBLIC_KEYS.LAST_USED_AT, before, after, sink, _ -> "stale");
    }

    /** Expired before {@code now}, or to expire until {@code until}, the first to expire first. */
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

    /** Where those begin that expire at a time or later. */
    public static KeyCursor expiringFrom(Instant time) {
        return Check.EXPIRY.at(time, 0);
    }

    /** Never used, and added before a time. */
    public boolean neverUsed(Instant addedBefore, KeyCursor after, AccessEntry.Sink<KeyAuditEntry> sink)
            throws LookupUnavailable {
        var pages = new Pages(
                LAST_USED,
                after,
                place -> PUBLIC_KEYS.LAST_USED_AT.isNull().and(PUBLIC_KEYS.ID.gt(place.second())),
                List.of(PUBLIC_KEYS.ID),
                key -> after.check().at(0, key.id()));
        return pages(pages, sink, key -> key.time(PUBLIC_KEYS.CREATED_AT).isBefore(addedBefore), _ -> "never_used");
    }

    /** Keys of accounts that are suspended: they are let in again with the account. */
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
                place -> PUBLIC_KEYS.ACCOUNT_ID.eq(account).and(PUBLIC_KEYS.ID.gt(place.second())),
                List.of(PUBLIC_KEYS.ID),
                key -> after.check().at(account, key.id()));
        return pages(pages, sink, _ -> true, _ -> "suspended_owner");
    }

    /** Keys that break the site's policy: every key is looked at. */
    public boolean weak(MysqlKeyStore register, KeyPolicy policy, KeyCursor after, AccessEntry.Sink<KeyAuditEntry> sink)
            throws LookupUnavailable {
        // The key of the place is looked at again: it may break more rules than were told of.
        long last = Math.max(0, after.first() - 1);
        List<RegisteredKeyDetails> page;
        do {
            page = register.after(last, PAGE);
            for (RegisteredKeyDetails key : page) {
                last = key.registered().id();
                long told = last == after.first() ? after.second() : 0;
                if (!weak(key, policy, told, sink)) {
                    return false;
                }
            }
        } while (page.size() == PAGE);
        return true;
    }

    private static boolean weak(
            RegisteredKeyDetails key, KeyPolicy policy, long told, AccessEntry.Sink<KeyAuditEntry> sink) {
        if (key.registered().validity() instanceof KeyValidity.ValidUntil(Instant end)) {
            long count = 0;
            for (KeyIssue finding : policy.examine(key.key())) {
                count++;
                if (count > told && !sink.accept(weak(key, end, finding, count))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Attempts to register a key that is registered: somebody holds a copy of it, or has two accounts. */
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

    private static Optional<KeyAuditEntry> duplicate(DSLContext sql, GrantChangesRecord attempt, KeyCursor place) {
        String says = "tried again on " + attempt.getChangedAt() + " by " + attempt.getActor()
                + Optional.ofNullable(attempt.getAccountId())
                        .map(id -> " for account " + loginOf(sql, id))
                        .orElse("");
        return new MysqlKeyAuditRows(sql)
                .page("PRIMARY", PUBLIC_KEYS.ID.eq(attempt.getKeyId()), List.of(PUBLIC_KEYS.ID)).stream()
                        .filter(MysqlKeyAuditRows.Row::isAccepted)
                        .findFirst()
                        .map(row -> row.facts("duplicate", says, place));
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
            Function<MysqlKeyAuditRows.Row, String> finding)
            throws LookupUnavailable {
        var pages = new Pages(
                index,
                after,
                place -> MysqlTimeOrder.isAfter(time, place.time(), PUBLIC_KEYS.ID, place.second())
                        .and(time.lt(val(until, time))),
                List.of(time, PUBLIC_KEYS.ID),
                key -> after.check().at(key.time(time), key.id()));
        return pages(pages, sink, _ -> true, finding);
    }

    /** How the rows of a check are walked.
     *  @param after the rows behind a place */
    private record Pages(
            String index,
            KeyCursor start,
            Function<KeyCursor, Condition> after,
            List<? extends OrderField<?>> order,
            Function<MysqlKeyAuditRows.Row, KeyCursor> place) {}

    private boolean pages(
            Pages pages,
            AccessEntry.Sink<KeyAuditEntry> sink,
            Predicate<MysqlKeyAuditRows.Row> wanted,
            Function<MysqlKeyAuditRows.Row, String> finding)
            throws LookupUnavailable {
        try {
            var keys = new MysqlKeyAuditRows(database.get());
            KeyCursor last = pages.start();
            List<MysqlKeyAuditRows.Row> page;
            do {
                page = keys.page(pages.index(), pages.after().apply(last), pages.order());
                for (var row : page) {
                    last = pages.place().apply(row);
                    if (row.isAccepted() && wanted.test(row) && !sink.accept(row.facts(finding.apply(row), "", last))) {
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

    /** All accounts, so that no page has to read many of them to find one that is suspended. */
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

    private static KeyAuditEntry weak(RegisteredKeyDetails key, Instant end, KeyIssue finding, long count) {
        return new KeyAuditEntry(
                key.registered().fingerprint(),
                principal(key),
                key.key().algorithm().wireName(),
                key.key().bits(),
                key.registered().title(),
                key.createdAt(),
                key.lastUsedAt(),
                end,
                finding.rule().label(),
                finding.message(),
                Check.WEAK.at(key.registered().id(), count));
    }

    private static String principal(RegisteredKeyDetails key) {
        return switch (key.registered().principal()) {
            case Principal.OfAccount(var account) -> account.login().text();
            case Principal.OfDeployKey(String repository) -> repository;
        };
    }
}
