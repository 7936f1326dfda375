package io.gerve.keyservice.repository;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.ORGANIZATION_MEMBERS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;

import io.gerve.access.AccessFacts;
import io.gerve.access.Grants;
import io.gerve.access.MysqlGrants;
import io.gerve.access.PrincipalId;
import io.gerve.access.Repository;
import io.gerve.access.Role;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;
import io.gerve.keyservice.repository.ManagedRepository.Permission;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.exception.DataAccessException;

/**
 * Authorizer for repositories and their deploy keys. Decides by the gate's own rules ({@link MysqlGrants}) and caches
 * nothing, so that a permission that was removed no longer counts. Safe for use by many threads.
 */
public final class MysqlRepositoryAuthorizer {
    private static final String OWNER = "owner";

    private final Database database;
    private final Grants grants;

    public MysqlRepositoryAuthorizer(Database database) {
        this.database = database;
        this.grants = new MysqlGrants(database::sql);
    }

    /**
     * Finds a repository by its current name, or else by a former name.
     *
     * @param name {@code owner/name}, as a client sent it
     * @return empty if there is no such repository, or if the account cannot see it
     * @throws LookupUnavailable if the database did not answer
     */
    public Optional<ManagedRepository> find(String name, Account account) throws LookupUnavailable {
        Optional<RepositoryName> requested = RepositoryName.parse(name);
        if (requested.isEmpty()) {
            return Optional.empty();
        }
        return switch (grants.find(new PrincipalId.OfAccount(account.id()), requested.get())
                .value()) {
            case AccessFacts.Unknown _ -> Optional.empty();
            case AccessFacts.Known known -> permission(known).map(permission -> repository(known, permission));
        };
    }

    private static Optional<Permission> permission(AccessFacts.Known known) {
        if (known.grants(Role.ADMIN)) {
            return Optional.of(Permission.ADMIN);
        }
        return known.grants(Role.READ) ? Optional.of(Permission.READ) : Optional.empty();
    }

    private static ManagedRepository repository(AccessFacts.Known known, Permission permission) {
        Repository repository = known.repository();
        boolean isPublic = repository.visibility() == Repository.Visibility.PUBLIC;
        return new ManagedRepository(repository.id(), known.owner(), repository.name(), isPublic, permission);
    }

    /**
     * Returns the repositories of the account and of the organizations that it owns, as {@code owner/name}, sorted by
     * name.
     *
     * @param limit the maximum number of repositories
     */
    public List<String> ownedBy(Account account, int limit) throws LookupUnavailable {
        try {
            List<Long> owners = new ArrayList<>(database.sql()
                    .select(ORGANIZATION_MEMBERS.ORGANIZATION_ID)
                    .from(ORGANIZATION_MEMBERS)
                    .where(ORGANIZATION_MEMBERS.ACCOUNT_ID.eq(account.id()))
                    .and(ORGANIZATION_MEMBERS.ROLE.eq(OWNER))
                    .fetch(ORGANIZATION_MEMBERS.ORGANIZATION_ID));
            owners.add(account.id());
            return database.sql()
                    .select(ACCOUNTS.LOGIN, REPOSITORIES.NAME)
                    .from(REPOSITORIES)
                    .join(ACCOUNTS)
                    .on(ACCOUNTS.ID.eq(REPOSITORIES.OWNER_ID))
                    .where(REPOSITORIES.OWNER_ID.in(owners))
                    .orderBy(ACCOUNTS.LOGIN, REPOSITORIES.NAME)
                    .limit(limit)
                    .fetch(row -> row.value1() + "/" + row.value2());
        } catch (DataAccessException e) {
            throw new LookupUnavailable("repositories of " + account.login(), e);
        }
    }
}
