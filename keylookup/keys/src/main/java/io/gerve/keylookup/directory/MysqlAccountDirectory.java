package io.gerve.keylookup.directory;

import static io.gerve.sql.schema.Tables.ACCOUNTS;

import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jooq.Record;
import org.jooq.SelectField;
import org.jooq.exception.DataAccessException;

/** Directory of the accounts in MySQL. Safe for use by many threads. */
public final class MysqlAccountDirectory {
    /** Fields that {@link #account} reads. */
    public static final List<SelectField<?>> FIELDS =
            List.of(ACCOUNTS.ID, ACCOUNTS.LOGIN, ACCOUNTS.KIND, ACCOUNTS.SUSPENDED_AT, ACCOUNTS.SUSPENDED_REASON);

    private final Database database;

    public MysqlAccountDirectory(Database database) {
        this.database = database;
    }

    /** Finds an account by its login. Returns empty if there is no such account. */
    public Optional<Account> find(Login login) throws LookupUnavailable {
        try {
            return database.sql()
                    .select(FIELDS)
                    .from(ACCOUNTS)
                    .where(ACCOUNTS.LOGIN.eq(login.text()))
                    .fetchOptional(MysqlAccountDirectory::account);
        } catch (DataAccessException e) {
            throw new LookupUnavailable("account " + login, e);
        }
    }

    /** Reads an account from a row with {@link #FIELDS}. */
    public static Account account(Record row) {
        return new Account(
                row.get(ACCOUNTS.ID),
                new Login(row.get(ACCOUNTS.LOGIN)),
                Account.Kind.valueOf(row.get(ACCOUNTS.KIND).toUpperCase(Locale.ROOT)),
                row.get(ACCOUNTS.SUSPENDED_AT) == null ? Account.Status.ACTIVE : Account.Status.SUSPENDED,
                Objects.requireNonNullElse(row.get(ACCOUNTS.SUSPENDED_REASON), ""));
    }
}
