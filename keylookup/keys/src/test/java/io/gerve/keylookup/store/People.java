package io.gerve.keylookup.store;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.COLLABORATORS;
import static io.gerve.sql.schema.Tables.ORGANIZATION_MEMBERS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;

import io.gerve.sql.Database;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jooq.DSLContext;

/** Fixture that inserts accounts, repositories and roles into a database. */
public record People(Database database, InstantSource clock) {
    public long user(String login) {
        return account(login, "user");
    }

    /** Inserts an organization with one owner. Returns its id. */
    public long organization(String login, long owner) {
        long organization = account(login, "organization");
        database.sql()
                .insertInto(ORGANIZATION_MEMBERS)
                .set(ORGANIZATION_MEMBERS.ORGANIZATION_ID, organization)
                .set(ORGANIZATION_MEMBERS.ACCOUNT_ID, owner)
                .set(ORGANIZATION_MEMBERS.ROLE, "owner")
                .execute();
        return organization;
    }

    /**
     * Inserts a repository and returns its id.
     *
     * @param visibility {@code public} or {@code private}
     */
    public long repository(long owner, String name, String visibility) {
        return inserted(sql -> sql.insertInto(REPOSITORIES)
                .set(REPOSITORIES.OWNER_ID, owner)
                .set(REPOSITORIES.NAME, name)
                .set(REPOSITORIES.VISIBILITY, visibility)
                .set(REPOSITORIES.CREATED_AT, clock.instant())
                .execute());
    }

    public void collaborator(long repository, long account, String role) {
        database.sql()
                .insertInto(COLLABORATORS)
                .set(COLLABORATORS.REPOSITORY_ID, repository)
                .set(COLLABORATORS.ACCOUNT_ID, account)
                .set(COLLABORATORS.ROLE, role)
                .execute();
    }

    public void suspend(String login, String reason) {
        database.sql()
                .update(ACCOUNTS)
                .set(ACCOUNTS.SUSPENDED_AT, clock.instant())
                .set(ACCOUNTS.SUSPENDED_REASON, reason)
                .where(ACCOUNTS.LOGIN.eq(login))
                .execute();
    }

    private long account(String login, String kind) {
        return inserted(sql -> sql.insertInto(ACCOUNTS)
                .set(ACCOUNTS.LOGIN, login)
                .set(ACCOUNTS.KIND, kind)
                .set(ACCOUNTS.CREATED_AT, clock.instant())
                .execute());
    }

    private long inserted(Consumer<DSLContext> insert) {
        return database.sql().transactionResult(configuration -> {
            insert.accept(configuration.dsl());
            return configuration.dsl().lastID().longValueExact();
        });
    }
}
