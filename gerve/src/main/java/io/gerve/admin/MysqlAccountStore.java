package io.gerve.admin;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.ROUTES;

import io.gerve.access.Role;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import io.gerve.sql.ChangeKind;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.impl.DSL;

/** The accounts: users and organizations. */
public final class MysqlAccountStore {
    private final AuditedTransaction ledger;

    public MysqlAccountStore(AuditedTransaction ledger) {
        this.ledger = ledger;
    }

    /** Makes an account that has no right, no key and no route yet. */
    public AccountDetails create(Login login, Account.Kind kind) throws ChangeRefused, DependencyUnavailable {
        return ledger.change(entry -> {
            var existing = entry.names().findAccount(login);
            if (existing.isPresent()) {
                throw new ChangeRefused(
                        "There is already an account " + existing.get().getLogin() + ".");
            }
            var account = entry.sql().newRecord(ACCOUNTS);
            account.setLogin(login.text());
            account.setKind(kind.name().toLowerCase(Locale.ROOT));
            account.setCreatedAt(entry.at());
            long id = entry.insert(ACCOUNTS, account);
            entry.recordChange(ChangeKind.ACCOUNT, change -> {
                change.setAccountId(id);
                change.setAfterValue("created");
            });
            entry.accountChanged(id);
            return one(entry.sql(), login);
        });
    }

    /** @return empty if there is no such account */
    public Optional<AccountDetails> find(Login login) throws ChangeRefused, DependencyUnavailable {
        return ledger.query(
                sql -> fetch(sql, ACCOUNTS.LOGIN.eq(login.text())).stream().findFirst());
    }

    public AccountSummary show(Login login) throws ChangeRefused, DependencyUnavailable {
        return ledger.query(sql -> {
            long id = new MysqlNameResolver(sql).account(login).getId();
            return new AccountSummary(
                    one(sql, login),
                    sql.fetchCount(PUBLIC_KEYS, PUBLIC_KEYS.ACCOUNT_ID.eq(id), PUBLIC_KEYS.DELETED_AT.isNull()),
                    sql.fetchCount(REPOSITORIES, REPOSITORIES.OWNER_ID.eq(id)));
        });
    }

    /** @return by login */
    public List<AccountDetails> list(Account.Kind kind) throws ChangeRefused, DependencyUnavailable {
        return ledger.query(sql -> fetch(sql, ACCOUNTS.KIND.eq(kind.name().toLowerCase(Locale.ROOT))));
    }

    /** @param reason is told to whoever tries to log in as that account */
    public AccountDetails suspend(Login login, OperatorMessage reason) throws ChangeRefused, DependencyUnavailable {
        return ledger.change(entry -> {
            var account = entry.names().account(login);
            if (account.getSuspendedAt() != null) {
                throw new ChangeRefused(account.getLogin() + " is suspended already.");
            }
            entry.sql()
                    .update(ACCOUNTS)
                    .set(ACCOUNTS.SUSPENDED_AT, entry.at())
                    .set(ACCOUNTS.SUSPENDED_REASON, reason.text())
                    .where(ACCOUNTS.ID.eq(account.getId()))
                    .execute();
            setStatus(entry, account.getId(), "active", OperatorMessage.after("suspended", reason.text()));
            return one(entry.sql(), login);
        });
    }

    public AccountDetails unsuspend(Login login) throws ChangeRefused, DependencyUnavailable {
        return ledger.change(entry -> {
            var account = entry.names().account(login);
            if (account.getSuspendedAt() == null) {
                throw new ChangeRefused(account.getLogin() + " is not suspended.");
            }
            entry.sql()
                    .update(ACCOUNTS)
                    .setNull(ACCOUNTS.SUSPENDED_AT)
                    .setNull(ACCOUNTS.SUSPENDED_REASON)
                    .where(ACCOUNTS.ID.eq(account.getId()))
                    .execute();
            setStatus(
                    entry, account.getId(), OperatorMessage.after("suspended", account.getSuspendedReason()), "active");
            return one(entry.sql(), login);
        });
    }

    private static void setStatus(ChangeContext entry, long id, String before, String after) {
        entry.recordChange(ChangeKind.ACCOUNT_STATUS, change -> {
            change.setAccountId(id);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        entry.accountChanged(id);
    }

    private static AccountDetails one(DSLContext sql, Login login) {
        return fetch(sql, ACCOUNTS.LOGIN.eq(login.text())).getFirst();
    }

    private static List<AccountDetails> fetch(DSLContext sql, Condition which) {
        return sql.select(ACCOUNTS.fields())
                .select(DSL.coalesce(ROUTES.SERVER, DSL.inline("")).as(ROUTES.SERVER))
                .from(ACCOUNTS)
                .leftJoin(ROUTES)
                .on(ROUTES.OWNER_ID.eq(ACCOUNTS.ID))
                .where(which)
                .orderBy(ACCOUNTS.LOGIN)
                .fetch(MysqlAccountStore::entry);
    }

    private static AccountDetails entry(Record row) {
        var account = new Account(
                row.get(ACCOUNTS.ID),
                new Login(row.get(ACCOUNTS.LOGIN)),
                Account.Kind.valueOf(row.get(ACCOUNTS.KIND).toUpperCase(Locale.ROOT)),
                row.get(ACCOUNTS.SUSPENDED_AT) == null ? Account.Status.ACTIVE : Account.Status.SUSPENDED,
                Objects.requireNonNullElse(row.get(ACCOUNTS.SUSPENDED_REASON), ""));
        return new AccountDetails(
                account,
                Role.valueOf(row.get(ACCOUNTS.BASE_PERMISSION).toUpperCase(Locale.ROOT)),
                row.get(ROUTES.SERVER),
                row.get(ACCOUNTS.CREATED_AT));
    }
}
