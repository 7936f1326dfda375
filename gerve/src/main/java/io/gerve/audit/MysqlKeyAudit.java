package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static org.jooq.impl.DSL.val;

import io.gerve.audit.KeyPlace.Check;
import io.gerve.keylookup.key.KeyFinding;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KeyPolicy;
import io.gerve.keylookup.key.MysqlKeyRegister;
import io.gerve.keylookup.key.RegisteredKey;
import io.gerve.keylookup.key.Validity;
import io.gerve.lookup.LookupUnavailable;
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
    private static final int PAGE = MysqlKeyRows.PAGE;
    private static final String LAST_USED = "public_keys_last_used";

    private final Supplier<DSLContext> database;

    public MysqlKeyAudit(Supplier<DSLContext> database) {
        this.database = database;
    }

    /** Last used before a time, the longest unused first. Keys that were never used are another question. */
    public boolean stale(Instant before, KeyPlace after, Reach.Sink<KeyFacts> sink) throws LookupUnavailable {
        return byTime(LAST_USED, PUBLIC_KEYS.LAST_USED_AT, before, after, sink, _ -> "stale");
    }

    /** Expired before {@code now}, or to expire until {@code until}, the first to expire first. */
    public boolean expiring(Instant now, Instant until, KeyPlace after, Reach.Sink<KeyFacts> sink)
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
    public static KeyPlace expiringFrom(Instant time) {
        return Check.EXPIRY.at(time, 0);
    }

    /** Never used, and added before a time. */
    public boolean neverUsed(Instant addedBefore, KeyPlace after, Reach.Sink<KeyFacts> sink) throws LookupUnavailable {
        var pages = new Pages(
                LAST_USED,
                after,
                place -> PUBLIC_KEYS.LAST_USED_AT.isNull().and(PUBLIC_KEYS.ID.gt(place.second())),
                List.of(PUBLIC_KEYS.ID),
                key -> after.check().at(0, key.id()));
        return pages(pages, sink, key -> key.time(PUBLIC_KEYS.CREATED_AT).isBefore(addedBefore), _ -> "never-used");
    }

    /** Keys of accounts that are suspended: they are let in again with the account. */
    public boolean ofSuspendedAccounts(KeyPlace after, Reach.Sink<KeyFacts> sink) throws LookupUnavailable {
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

    private boolean ofSuspendedAccount(KeyPlace after, Reach.Sink<KeyFacts> sink) throws LookupUnavailable {
        long account = after.first();
        var pages = new Pages(
                "public_keys_of_account",
                after,
                place -> PUBLIC_KEYS.ACCOUNT_ID.eq(account).and(PUBLIC_KEYS.ID.gt(place.second())),
                List.of(PUBLIC_KEYS.ID),
                key -> after.check().at(account, key.id()));
        return pages(pages, sink, _ -> true, _ -> "suspended-owner");
    }

    /** Keys that break the site's policy: every key is looked at. */
    public boolean weak(MysqlKeyRegister register, KeyPolicy policy, KeyPlace after, Reach.Sink<KeyFacts> sink)
            throws LookupUnavailable {
        // The key of the place is looked at again: it may break more rules than were told of.
        long last = Math.max(0, after.first() - 1);
        List<RegisteredKey> page;
        do {
            page = register.after(last, PAGE);
            for (RegisteredKey key : page) {
                last = key.known().id();
                long told = last == after.first() ? after.second() : 0;
                if (!weak(key, policy, told, sink)) {
                    return false;
                }
            }
        } while (page.size() == PAGE);
        return true;
    }

    private static boolean weak(RegisteredKey key, KeyPolicy policy, long told, Reach.Sink<KeyFacts> sink) {
        if (key.known().validity() instanceof Validity.Until(Instant end)) {
            long count = 0;
            for (KeyFinding finding : policy.examine(key.key())) {
                count++;
                if (count > told && !sink.take(weak(key, end, finding, count))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Attempts to register a key that is registered: somebody holds a copy of it, or has two accounts. */
    public boolean duplicates(KeyPlace after, Reach.Sink<KeyFacts> sink) throws LookupUnavailable {
        try {
            DSLContext sql = database.get();
            KeyPlace last = after;
            List<GrantChangesRecord> attempts;
            do {
                attempts = sql.selectFrom(GRANT_CHANGES.forceIndex("grant_changes_of_kind"))
                        .where(GRANT_CHANGES.KIND.eq("key_refused"))
                        .and(MysqlTimeOrder.isBehind(
                                GRANT_CHANGES.CHANGED_AT, last.time(), GRANT_CHANGES.ID, last.second()))
                        .orderBy(GRANT_CHANGES.CHANGED_AT, GRANT_CHANGES.ID)
                        .limit(PAGE)
                        .fetch();
                for (var attempt : attempts) {
                    last = after.check().at(attempt.getChangedAt(), attempt.getId());
                    Optional<KeyFacts> key = duplicate(sql, attempt, last);
                    if (key.isPresent() && !sink.take(key.get())) {
                        return false;
                    }
                }
            } while (attempts.size() == PAGE);
            return true;
        } catch (DataAccessException e) {
            throw new LookupUnavailable("audit of keys", e);
        }
    }

    private static Optional<KeyFacts> duplicate(DSLContext sql, GrantChangesRecord attempt, KeyPlace place) {
        String says = "tried again on " + attempt.getChangedAt() + " by " + attempt.getChangedBy()
                + Optional.ofNullable(attempt.getAccountId())
                        .map(id -> " for account " + loginOf(sql, id))
                        .orElse("");
        return new MysqlKeyRows(sql)
                .page("PRIMARY", PUBLIC_KEYS.ID.eq(attempt.getKeyId()), List.of(PUBLIC_KEYS.ID)).stream()
                        .filter(MysqlKeyRows.Row::letsIn)
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
            KeyPlace after,
            Reach.Sink<KeyFacts> sink,
            Function<MysqlKeyRows.Row, String> finding)
            throws LookupUnavailable {
        var pages = new Pages(
                index,
                after,
                place -> MysqlTimeOrder.isBehind(time, place.time(), PUBLIC_KEYS.ID, place.second())
                        .and(time.lt(val(until, time))),
                List.of(time, PUBLIC_KEYS.ID),
                key -> after.check().at(key.time(time), key.id()));
        return pages(pages, sink, _ -> true, finding);
    }

    /** How the rows of a check are walked.
     *  @param after the rows behind a place */
    private record Pages(
            String index,
            KeyPlace start,
            Function<KeyPlace, Condition> after,
            List<? extends OrderField<?>> order,
            Function<MysqlKeyRows.Row, KeyPlace> place) {}

    private boolean pages(
            Pages pages,
            Reach.Sink<KeyFacts> sink,
            Predicate<MysqlKeyRows.Row> wanted,
            Function<MysqlKeyRows.Row, String> finding)
            throws LookupUnavailable {
        try {
            var keys = new MysqlKeyRows(database.get());
            KeyPlace last = pages.start();
            List<MysqlKeyRows.Row> page;
            do {
                page = keys.page(pages.index(), pages.after().apply(last), pages.order());
                for (var row : page) {
                    last = pages.place().apply(row);
                    if (row.letsIn() && wanted.test(row) && !sink.take(row.facts(finding.apply(row), "", last))) {
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

    private static KeyFacts weak(RegisteredKey key, Instant end, KeyFinding finding, long count) {
        return new KeyFacts(
                key.known().fingerprint(),
                holder(key),
                key.key().algorithm().wireName(),
                key.key().bits(),
                key.known().title(),
                key.createdAt(),
                key.lastUsedAt(),
                end,
                finding.rule().word(),
                finding.sentence(),
                Check.WEAK.at(key.known().id(), count));
    }

    private static String holder(RegisteredKey key) {
        return switch (key.known().holder()) {
            case KeyHolder.OfAccount(var account) -> account.login().text();
            case KeyHolder.Deploy(String repository) -> repository;
        };
    }
}
