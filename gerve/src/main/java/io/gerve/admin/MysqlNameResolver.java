package io.gerve.admin;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.REPOSITORY_REDIRECTS;
import static io.gerve.sql.schema.Tables.TEAMS;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.sql.schema.tables.records.AccountsRecord;
import io.gerve.sql.schema.tables.records.RepositoriesRecord;
import io.gerve.sql.schema.tables.records.TeamsRecord;
import java.util.Optional;
import org.jooq.DSLContext;

/**
 * Resolver of names that operators type. It returns the row of the database that has the name, or throws {@link
 * ChangeRefused} with the reason if there is none.
 */
final class MysqlNameResolver {
    private final DSLContext sql;

    MysqlNameResolver(DSLContext sql) {
        this.sql = sql;
    }

    Optional<AccountsRecord> findAccount(Login login) {
        return sql.selectFrom(ACCOUNTS).where(ACCOUNTS.LOGIN.eq(login.text())).fetchOptional();
    }

    AccountsRecord account(Login login) throws ChangeRefused {
        return findAccount(login)
                .orElseThrow(() -> new ChangeRefused("There is no account " + login + ". See: gerve account list"));
    }

    AccountsRecord user(Login login) throws ChangeRefused {
        var account = account(login);
        if (isOrganization(account)) {
            throw new ChangeRefused(account.getLogin() + " is an organization; a user is needed here.");
        }
        return account;
    }

    AccountsRecord organization(Login login) throws ChangeRefused {
        var account = account(login);
        if (!isOrganization(account)) {
            throw new ChangeRefused(account.getLogin() + " is a user; an organization is needed here.");
        }
        return account;
    }

    TeamsRecord team(TeamName name) throws ChangeRefused {
        var organization = organization(name.organization());
        return sql.selectFrom(TEAMS)
                .where(TEAMS.ORGANIZATION_ID.eq(organization.getId()), TEAMS.SLUG.eq(name.slug()))
                .fetchOptional()
                .orElseThrow(() -> new ChangeRefused(
                        "There is no team " + name + ". See: gerve team list " + name.organization()));
    }

    Optional<RepositoriesRecord> findRepository(RepositoryName name) {
        return sql.select(REPOSITORIES.fields())
                .from(REPOSITORIES)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(REPOSITORIES.OWNER_ID))
                .where(ACCOUNTS.LOGIN.eq(name.owner().text()), REPOSITORIES.NAME.eq(name.name()))
                .fetchOptional()
                .map(row -> row.into(REPOSITORIES));
    }

    /**
     * Returns a repository by its current name. Does not follow redirects, because the operator might then change a
     * repository other than the intended one. The message of the exception has the new name instead.
     */
    RepositoriesRecord repository(RepositoryName name) throws ChangeRefused {
        var found = findRepository(name);
        if (found.isPresent()) {
            return found.get();
        }
        var moved = sql.select(ACCOUNTS.LOGIN, REPOSITORIES.NAME)
                .from(REPOSITORY_REDIRECTS)
                .join(REPOSITORIES)
                .on(REPOSITORIES.ID.eq(REPOSITORY_REDIRECTS.REPOSITORY_ID))
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(REPOSITORIES.OWNER_ID))
                .where(
                        REPOSITORY_REDIRECTS.OWNER_LOGIN.eq(name.owner().text()),
                        REPOSITORY_REDIRECTS.NAME.eq(name.name()))
                .fetchOptional();
        throw new ChangeRefused(
                moved.isPresent()
                        ? name + " moved to " + moved.get().value1() + "/"
                                + moved.get().value2() + ". Use that name."
                        : "There is no repository " + name + ". See: gerve repo list " + name.owner());
    }

    /** Returns the name in the spelling of the database. */
    RepositoryName nameOf(RepositoriesRecord repository) {
        return sql.select(ACCOUNTS.LOGIN)
                .from(ACCOUNTS)
                .where(ACCOUNTS.ID.eq(repository.getOwnerId()))
                .fetchSingle(row -> new RepositoryName(new Login(row.value1()), repository.getName()));
    }

    static boolean isOrganization(AccountsRecord account) {
        return account.getKind().equals("organization");
    }
}
