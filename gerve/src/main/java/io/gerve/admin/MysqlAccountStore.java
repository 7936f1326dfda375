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

/** Storage of accounts, which are users and organizations. */
public final class MysqlAccountStore {
    private final AuditedTransaction transactions;

    public MysqlAccountStore(AuditedTransaction transactions) {
        this.transactions = transactions;
    }

    /** Creates an account without rights, keys or a route. */
    public AccountDetails create(Login login, Account.Kind kind) throws ChangeRefused, DependencyUnavailable {
        return transactions.change(context -> {
            var existing = context.names().findAccount(login);
            if (existing.isPresent()) {
                throw new ChangeRefused(
                        "There is already an account " + existing.get().getLogin() + ".");
            }
            var account = context.sql().newRecord(ACCOUNTS);
            account.setLogin(login.text());
            account.setKind(kind.name().toLowerCase(Locale.ROOT));
            account.setCreatedAt(context.at());
            long id = context.insert(ACCOUNTS, account);
            context.recordChange(ChangeKind.ACCOUNT, change -> {
                change.setAccountId(id);
                change.setAfterValue("created");
            });
            context.accountChanged(id);
            return one(context.sql(), login);
        });
    }

    /**
     * Finds an account.
     *
     * @return empty if there is no such account
     */
    public Optional<AccountDetails> find(Login login) throws ChangeRefused, DependencyUnavailable {
        return transactions.query(
                sql -> fetch(sql, ACCOUNTS.LOGIN.eq(login.text())).stream().findFirst());
    }

    public AccountSummary show(Login login) throws ChangeRefused, DependencyUnavailable {
        return transactions.query(sql -> {
            long id = new MysqlNameResolver(sql).account(login).getId();
            return new AccountSummary(
                    one(sql, login),
                    sql.fetchCount(PUBLIC_KEYS, PUBLIC_KEYS.ACCOUNT_ID.eq(id), PUBLIC_KEYS.DELETED_AT.isNull()),
                    sql.fetchCount(REPOSITORIES, REPOSITORIES.OWNER_ID.eq(id)));
        });
    }

    /** Returns the accounts of a kind, ordered by login. */
    public List<AccountDetails> list(Account.Kind kind) throws ChangeRefused, DependencyUnavailable {
        return transactions.query(sql -> fetch(sql, ACCOUNTS.KIND.eq(kind.name().toLowerCase(Locale.ROOT))));
    }

    /**
     * Suspends an account.
     *
     * @param reason the message to a client that logs in with a key of the account
     */
    public AccountDetails suspend(Login login, OperatorMessage reason) throws ChangeRefused, DependencyUnavailable {
        return transactions.change(context -> {
            var account = context.names().account(login);
            if (account.getSuspendedAt() != null) {
                throw new ChangeRefused(account.getLogin() + " is suspended already.");
            }
            context.sql()
                    .update(ACCOUNTS)
                    .set(ACCOUNTS.SUSPENDED_AT, context.at())
                    .set(ACCOUNTS.SUSPENDED_REASON, reason.text())
                    .where(ACCOUNTS.ID.eq(account.getId()))
                    .execute();
            setStatus(context, account.getId(), "active", OperatorMessage.after("suspended", reason.text()));
            return one(context.sql(), login);
        });
    }

    public AccountDetails unsuspend(Login login) throws ChangeRefused, DependencyUnavailable {
        return transactions.change(context -> {
            var account = context.names().account(login);
            if (account.getSuspendedAt() == null) {
                throw new ChangeRefused(account.getLogin() + " is not suspended.");
            }
            context.sql()
                    .update(ACCOUNTS)
                    .setNull(ACCOUNTS.SUSPENDED_AT)
                    .setNull(ACCOUNTS.SUSPENDED_REASON)
                    .where(ACCOUNTS.ID.eq(account.getId()))
                    .execute();
            setStatus(
                    context,
                    account.getId(),
                    OperatorMessage.after("suspended", account.getSuspendedReason()),
                    "active");
            return one(context.sql(), login);
        });
    }

    private static void setStatus(ChangeContext context, long id, String before, String after) {
        context.recordChange(ChangeKind.ACCOUNT_STATUS, change -> {
            change.setAccountId(id);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        context.accountChanged(id);
    }

    private static AccountDetails one(DSLContext sql, Login login) {
        return fetch(sql, ACCOUNTS.LOGIN.eq(login.text())).getFirst();
    }

    private static List<AccountDetails> fetch(DSLContext sql, Condition condition) {
        return sql.select(ACCOUNTS.fields())
                .select(DSL.coalesce(ROUTES.SERVER, DSL.inline("")).as(ROUTES.SERVER))
                .from(ACCOUNTS)
                .leftJoin(ROUTES)
                .on(ROUTES.OWNER_ID.eq(ACCOUNTS.ID))
                .where(condition)
                .orderBy(ACCOUNTS.LOGIN)
                .fetch(MysqlAccountStore::details);
    }

    private static AccountDetails details(Record row) {
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
