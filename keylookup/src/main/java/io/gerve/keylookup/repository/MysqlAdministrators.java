package io.gerve.keylookup.repository;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.ORGANIZATION_MEMBERS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.REPOSITORY_REDIRECTS;
import static org.jooq.impl.DSL.name;

import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.key.MysqlAccounts;
import io.gerve.keylookup.repository.AdministeredRepository.Right;
import io.gerve.keylookup.repository.MysqlGranted.Way;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.exception.DataAccessException;

/**
 * Who administers a repository, and may so manage its deploy keys: by the rules by which the gate decides on git commands, which stand in a
 * module that this one does not know (RATIONALE.md, "Who administers is asked here too"). Safe for use by many threads.
 */
public final class MysqlAdministrators {
    private static final String OWNER = "owner";
    private static final String ADMIN = "admin";
    private static final String NO_BASE = "none";

    private final Database database;

    public MysqlAdministrators(Database database) {
        this.database = database;
    }

    /**
     * Finds a repository by its present or else by a former name.
     *
     * @param owner as somebody wrote it
     * @return empty if there is none, or the account may not know that there is
     */
    public Optional<AdministeredRepository> find(String owner, String name, Account asker) throws LookupUnavailable {
        Optional<Login> login = Login.parse(owner);
        return login.isEmpty()
                ? Optional.empty()
                : find(login.get(), name, asker).filter(seen -> seen.right() != Right.NONE);
    }

    private Optional<AdministeredRepository> find(Login owner, String name, Account asker) throws LookupUnavailable {
        try {
            DSLContext sql = database.sql();
            Optional<Record> row = present(sql, owner, name).or(() -> former(sql, owner, name));
            return row.map(found -> repository(sql, found, asker));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("repository " + owner + "/" + name, e);
        }
    }

    /** @return up to so many repositories, {@code owner/name}, of the account itself and of organizations that it owns, by their names */
    public List<String> ownedBy(Account account, int most) throws LookupUnavailable {
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
                    .limit(most)
                    .fetch(row -> row.value1() + "/" + row.value2());
        } catch (DataAccessException e) {
            throw new LookupUnavailable("the repositories of " + account.login(), e);
        }
    }

    /** @return who added each of the repository's deploy keys, by the key's id */
    public Map<Long, String> whoAddedKeysOf(AdministeredRepository repository) throws LookupUnavailable {
        try {
            Map<Long, String> authors = new HashMap<>();
            database.sql()
                    .select(GRANT_CHANGES.KEY_ID, GRANT_CHANGES.CHANGED_BY)
                    .from(GRANT_CHANGES)
                    .where(GRANT_CHANGES.REPOSITORY_ID.eq(repository.id()))
                    .and(GRANT_CHANGES.KIND.eq("key_added"))
                    .forEach(row -> authors.put(row.value1(), row.value2()));
            return authors;
        } catch (DataAccessException e) {
            throw new LookupUnavailable("who added deploy keys", e);
        }
    }

    private static Optional<Record> present(DSLContext sql, Login owner, String name) {
        return sql.select(REPOSITORIES.fields())
                .select(ACCOUNTS.BASE_PERMISSION)
                .select(MysqlAccounts.FIELDS)
                .from(ACCOUNTS)
                .join(REPOSITORIES)
                .on(REPOSITORIES.OWNER_ID.eq(ACCOUNTS.ID))
                .where(ACCOUNTS.LOGIN.eq(owner.text()))
                .and(REPOSITORIES.NAME.eq(name))
                .fetchOptional()
                .map(row -> row);
    }

    private static Optional<Record> former(DSLContext sql, Login owner, String name) {
        return sql.select(REPOSITORIES.fields())
                .select(ACCOUNTS.BASE_PERMISSION)
                .select(MysqlAccounts.FIELDS)
                .from(REPOSITORY_REDIRECTS)
                .join(REPOSITORIES)
                .on(REPOSITORIES.ID.eq(REPOSITORY_REDIRECTS.REPOSITORY_ID))
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(REPOSITORIES.OWNER_ID))
                .where(REPOSITORY_REDIRECTS.OWNER_LOGIN.eq(owner.text()))
                .and(REPOSITORY_REDIRECTS.NAME.eq(name))
                .fetchOptional()
                .map(row -> row);
    }

    private static AdministeredRepository repository(DSLContext sql, Record row, Account asker) {
        Account owner = MysqlAccounts.account(row);
        boolean isPublic = row.get(REPOSITORIES.VISIBILITY).equals("public");
        Right granted = owner.id() == asker.id() ? Right.ADMINISTER : granted(sql, row, owner, asker.id());
        return new AdministeredRepository(
                row.get(REPOSITORIES.ID),
                owner,
                row.get(REPOSITORIES.NAME),
                isPublic,
                isPublic && granted == Right.NONE ? Right.READ : granted);
    }

    private static Right granted(DSLContext sql, Record repository, Account owner, long asker) {
        var granted = MysqlGranted.find(sql, asker, repository.get(REPOSITORIES.ID), owner.id());
        List<String> asCollaborator = granted.roles(Way.COLLABORATOR).toList();
        List<String> membership = granted.roles(Way.MEMBER).toList();
        List<String> ofTeams = granted.roles(Way.TEAM).toList();
        boolean isMember = !membership.isEmpty();
        String base = switch (owner.kind()) {
            case USER -> NO_BASE;
            case ORGANIZATION -> Objects.requireNonNullElse(repository.get(ACCOUNTS.BASE_PERMISSION), NO_BASE);
        };
        boolean administersAsMember = isMember && (ofTeams.contains(ADMIN) || base.equals(ADMIN));
        if (asCollaborator.contains(ADMIN) || membership.contains(OWNER) || administersAsMember) {
            return Right.ADMINISTER;
        }
        boolean readsAsMember = isMember && (!ofTeams.isEmpty() || !base.equals(NO_BASE));
        return !asCollaborator.isEmpty() || readsAsMember ? Right.READ : Right.NONE;
    }
}
