package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.val;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyFinding;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KeyPolicy;
import io.gerve.keylookup.key.MysqlKeyRegister;
import io.gerve.keylookup.key.RegisteredKey;
import io.gerve.keylookup.key.Validity;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.OrderField;
import org.jooq.Record;
import org.jooq.TableField;
import org.jooq.exception.DataAccessException;

/**
 * What is amiss with keys that would still let somebody in; those that were revoked are not looked at. Each question reads one range of one
 * index, a page at a time. Each method returns whether to go on.
 */
public final class MysqlKeyAudit {
    private static final int PAGE = 1000;

    private final Supplier<DSLContext> database;

    public MysqlKeyAudit(Supplier<DSLContext> database) {
        this.database = database;
    }

    /** Last used before a time, the longest unused first. Keys that were never used are another question. */
    public boolean stale(Instant before, Reach.Sink<KeyFacts> sink) throws LookupUnavailable {
        return byTime(PUBLIC_KEYS.LAST_USED_AT, Instant.EPOCH, before, sink, _ -> "stale");
    }

    /** Expired before {@code now}, or to expire until {@code until}, the first to expire first. */
    public boolean expiring(Instant from, Instant now, Instant until, Reach.Sink<KeyFacts> sink)
            throws LookupUnavailable {
        return byTime(
                PUBLIC_KEYS.EXPIRES_AT,
                from,
                until,
                sink,
                key -> key.time(PUBLIC_KEYS.EXPIRES_AT).isAfter(now) ? "expiring" : "expired");
    }

    /** Never used, and added before a time. */
    public boolean neverUsed(Instant addedBefore, Reach.Sink<KeyFacts> sink) throws LookupUnavailable {
        return pages(
                last -> PUBLIC_KEYS
                        .LAST_USED_AT
                        .isNull()
                        .and(PUBLIC_KEYS.ID.gt(last.map(KeyRow::id).orElse(0L)))
                        .and(PUBLIC_KEYS.CREATED_AT.lt(addedBefore)),
                List.of(PUBLIC_KEYS.ID),
                sink,
                _ -> "never-used");
    }

    /** Keys of accounts that are suspended: they are let in again with the account. */
    public boolean ofSuspendedAccounts(Reach.Sink<KeyFacts> sink) throws LookupUnavailable {
        long last = 0;
        List<Long> accounts;
        do {
            accounts = suspendedAfter(last);
            for (long account : accounts) {
                last = account;
                boolean goOn = pages(
                        after -> PUBLIC_KEYS
                                .ACCOUNT_ID
                                .eq(account)
                                .and(PUBLIC_KEYS.ID.gt(after.map(KeyRow::id).orElse(0L))),
                        List.of(PUBLIC_KEYS.ID),
                        sink,
                        _ -> "suspended-owner");
                if (!goOn) {
                    return false;
                }
            }
        } while (accounts.size() == PAGE);
        return true;
    }

    /** Keys that break the site's policy: every key is looked at. */
    public boolean weak(MysqlKeyRegister register, KeyPolicy policy, Reach.Sink<KeyFacts> sink)
            throws LookupUnavailable {
        long last = 0;
        List<RegisteredKey> page;
        do {
            page = register.after(last, PAGE);
            for (RegisteredKey key : page) {
                last = key.known().id();
                if (key.known().validity() instanceof Validity.Until(Instant end)) {
                    for (KeyFinding finding : policy.examine(key.key())) {
                        if (!sink.take(weak(key, end, finding))) {
                            return false;
                        }
                    }
                }
            }
        } while (page.size() == PAGE);
        return true;
    }

    /** Attempts to register a key that is registered: somebody holds a copy of it, or has two accounts. */
    public boolean duplicates(Reach.Sink<KeyFacts> sink) throws LookupUnavailable {
        try {
            DSLContext sql = database.get();
            long last = 0;
            int size;
            do {
                var attempts = sql.selectFrom(GRANT_CHANGES)
                        .where(GRANT_CHANGES.KIND.eq("key_refused"))
                        .and(GRANT_CHANGES.ID.gt(last))
                        .orderBy(GRANT_CHANGES.ID)
                        .limit(PAGE)
                        .fetch();
                size = attempts.size();
                for (var attempt : attempts) {
                    last = attempt.getId();
                    String says = "tried again on " + attempt.getChangedAt() + " by " + attempt.getChangedBy()
                            + Optional.ofNullable(attempt.getAccountId())
                                    .map(id -> " for account " + loginOf(sql, id))
                                    .orElse("");
                    Optional<KeyFacts> key =
                            rows(sql, PUBLIC_KEYS.ID.eq(attempt.getKeyId()), List.of(PUBLIC_KEYS.ID)).stream()
                                    .findFirst()
                                    .map(row -> row.facts("duplicate", says));
                    if (key.isPresent() && !sink.take(key.get())) {
                        return false;
                    }
                }
            } while (size == PAGE);
            return true;
        } catch (DataAccessException e) {
            throw new LookupUnavailable("audit of keys", e);
        }
    }

    private static String loginOf(DSLContext sql, long account) {
        return sql.select(ACCOUNTS.LOGIN)
                .from(ACCOUNTS)
                .where(ACCOUNTS.ID.eq(account))
                .fetchOptional(ACCOUNTS.LOGIN)
                .orElse(Long.toString(account));
    }

    private boolean byTime(
            TableField<?, Instant> time,
            Instant from,
            Instant until,
            Reach.Sink<KeyFacts> sink,
            Function<KeyRow, String> finding)
            throws LookupUnavailable {
        return pages(
                last -> time.ge(val(from, time))
                        .and(time.lt(val(until, time)))
                        .and(last.map(row -> time.gt(val(row.time(time), time))
                                        .or(time.eq(val(row.time(time), time)).and(PUBLIC_KEYS.ID.gt(row.id()))))
                                .orElse(noCondition())),
                List.of(time, PUBLIC_KEYS.ID),
                sink,
                finding);
    }

    private boolean pages(
            Function<Optional<KeyRow>, Condition> after,
            List<OrderField<?>> order,
            Reach.Sink<KeyFacts> sink,
            Function<KeyRow, String> finding)
            throws LookupUnavailable {
        try {
            DSLContext sql = database.get();
            Optional<KeyRow> last = Optional.empty();
            List<KeyRow> rows;
            do {
                rows = rows(sql, after.apply(last), order);
                for (KeyRow row : rows) {
                    last = Optional.of(row);
                    if (!sink.take(row.facts(finding.apply(row), ""))) {
                        return false;
                    }
                }
            } while (rows.size() == PAGE);
            return true;
        } catch (DataAccessException e) {
            throw new LookupUnavailable("audit of keys", e);
        }
    }

    private List<Long> suspendedAfter(long last) throws LookupUnavailable {
        try {
            return database.get()
                    .select(ACCOUNTS.ID)
                    .from(ACCOUNTS)
                    .where(ACCOUNTS.SUSPENDED_AT.isNotNull())
                    .and(ACCOUNTS.ID.gt(last))
                    .orderBy(ACCOUNTS.ID)
                    .limit(PAGE)
                    .fetch(ACCOUNTS.ID);
        } catch (DataAccessException e) {
            throw new LookupUnavailable("audit of keys", e);
        }
    }

    /** A key's row with the name of its holder. */
    private record KeyRow(Record row, String holder) {
        long id() {
            return row.get(PUBLIC_KEYS.ID);
        }

        Instant time(TableField<?, Instant> column) {
            return row.get(column);
        }

        KeyFacts facts(String finding, String says) {
            return new KeyFacts(
                    Fingerprint.ofDigest(row.get(PUBLIC_KEYS.FINGERPRINT)),
                    holder,
                    row.get(PUBLIC_KEYS.ALGORITHM),
                    row.get(PUBLIC_KEYS.BITS),
                    row.get(PUBLIC_KEYS.TITLE),
                    row.get(PUBLIC_KEYS.CREATED_AT),
                    Objects.requireNonNullElse(row.get(PUBLIC_KEYS.LAST_USED_AT), Instant.MIN),
                    Objects.requireNonNullElse(row.get(PUBLIC_KEYS.EXPIRES_AT), Instant.MAX),
                    finding,
                    says);
        }
    }

    private static List<KeyRow> rows(DSLContext sql, Condition which, List<OrderField<?>> order) {
        List<? extends Record> rows = sql.select(
                        PUBLIC_KEYS.ID,
                        PUBLIC_KEYS.FINGERPRINT,
                        PUBLIC_KEYS.ALGORITHM,
                        PUBLIC_KEYS.BITS,
                        PUBLIC_KEYS.TITLE,
                        PUBLIC_KEYS.CREATED_AT,
                        PUBLIC_KEYS.LAST_USED_AT,
                        PUBLIC_KEYS.EXPIRES_AT,
                        ACCOUNTS.LOGIN)
                .from(PUBLIC_KEYS)
                .leftJoin(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(PUBLIC_KEYS.ACCOUNT_ID))
                .where(which)
                .and(PUBLIC_KEYS.DELETED_AT.isNull())
                .and(PUBLIC_KEYS.REVOKED_AT.isNull())
                .orderBy(order)
                .limit(PAGE)
                .fetch();
        Map<Long, String> repositories = repositoriesOf(
                sql,
                rows.stream()
                        .filter(row -> row.get(ACCOUNTS.LOGIN) == null)
                        .map(row -> row.get(PUBLIC_KEYS.ID))
                        .toList());
        return rows.stream()
                .map(row -> new KeyRow(
                        row,
                        Objects.requireNonNullElseGet(
                                row.get(ACCOUNTS.LOGIN), () -> repositories.getOrDefault(row.get(PUBLIC_KEYS.ID), ""))))
                .toList();
    }

    /** The first repository of each deploy key. */
    private static Map<Long, String> repositoriesOf(DSLContext sql, List<Long> keys) {
        Map<Long, String> names = new HashMap<>();
        if (!keys.isEmpty()) {
            sql.select(DEPLOY_KEY_REPOSITORIES.KEY_ID, ACCOUNTS.LOGIN, REPOSITORIES.NAME)
                    .from(DEPLOY_KEY_REPOSITORIES)
                    .join(REPOSITORIES)
                    .on(REPOSITORIES.ID.eq(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID))
                    .join(ACCOUNTS)
                    .on(ACCOUNTS.ID.eq(REPOSITORIES.OWNER_ID))
                    .where(DEPLOY_KEY_REPOSITORIES.KEY_ID.in(keys))
                    .orderBy(DEPLOY_KEY_REPOSITORIES.KEY_ID, DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID)
                    .forEach(row -> names.putIfAbsent(row.value1(), row.value2() + "/" + row.value3()));
        }
        return names;
    }

    private static KeyFacts weak(RegisteredKey key, Instant end, KeyFinding finding) {
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
                finding.sentence());
    }

    private static String holder(RegisteredKey key) {
        return switch (key.known().holder()) {
            case KeyHolder.OfAccount(var account) -> account.login().text();
            case KeyHolder.Deploy(String repository) -> repository;
        };
    }
}
