package io.gerve.admin;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.COLLABORATORS;

import io.gerve.access.Role;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.sql.ChangeKind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jooq.DSLContext;

/** Storage of the collaborators of repositories. */
public final class MysqlCollaboratorStore {
    private final AuditedTransaction transactions;

    public MysqlCollaboratorStore(AuditedTransaction transactions) {
        this.transactions = transactions;
    }

    /** Adds a collaborator, or changes its role. */
    public void add(RepositoryName repository, Login login, Role role) throws ChangeRefused, DependencyUnavailable {
        transactions.change(context -> {
            var target = context.names().repository(repository);
            var user = context.names().user(login);
            if (user.getId().equals(target.getOwnerId())) {
                throw new ChangeRefused(
                        user.getLogin() + " owns " + repository + " and may do everything with it already.");
            }
            String after = role.name().toLowerCase(Locale.ROOT);
            String before = roleOf(context.sql(), target.getId(), user.getId()).orElse("");
            context.sql()
                    .insertInto(COLLABORATORS)
                    .set(COLLABORATORS.REPOSITORY_ID, target.getId())
                    .set(COLLABORATORS.ACCOUNT_ID, user.getId())
                    .set(COLLABORATORS.ROLE, after)
                    .onDuplicateKeyUpdate()
                    .set(COLLABORATORS.ROLE, after)
                    .execute();
            changed(context, target.getId(), user.getId(), before, after);
            return after;
        });
    }

    public void remove(RepositoryName repository, Login login) throws ChangeRefused, DependencyUnavailable {
        transactions.change(context -> {
            var target = context.names().repository(repository);
            var user = context.names().user(login);
            String before = roleOf(context.sql(), target.getId(), user.getId())
                    .orElseThrow(
                            () -> new ChangeRefused(user.getLogin() + " is not a collaborator of " + repository + "."));
            context.sql()
                    .deleteFrom(COLLABORATORS)
                    .where(COLLABORATORS.REPOSITORY_ID.eq(target.getId()), COLLABORATORS.ACCOUNT_ID.eq(user.getId()))
                    .execute();
            changed(context, target.getId(), user.getId(), before, "");
            return before;
        });
    }

    /** Returns the collaborators of a repository, ordered by login. */
    public List<Collaborator> list(RepositoryName repository) throws ChangeRefused, DependencyUnavailable {
        return transactions.query(sql -> sql.select(ACCOUNTS.LOGIN, COLLABORATORS.ROLE)
                .from(COLLABORATORS)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(COLLABORATORS.ACCOUNT_ID))
                .where(COLLABORATORS.REPOSITORY_ID.eq(
                        new MysqlNameResolver(sql).repository(repository).getId()))
                .orderBy(ACCOUNTS.LOGIN)
                .fetch(row -> new Collaborator(
                        new Login(row.value1()), Role.valueOf(row.value2().toUpperCase(Locale.ROOT)))));
    }

    private static Optional<String> roleOf(DSLContext sql, long repositoryId, long accountId) {
        return sql.select(COLLABORATORS.ROLE)
                .from(COLLABORATORS)
                .where(COLLABORATORS.REPOSITORY_ID.eq(repositoryId), COLLABORATORS.ACCOUNT_ID.eq(accountId))
                .forUpdate()
                .fetchOptional(COLLABORATORS.ROLE);
    }

    private static void changed(ChangeContext context, long repositoryId, long accountId, String before, String after) {
        context.recordChange(ChangeKind.COLLABORATOR, change -> {
            change.setRepositoryId(repositoryId);
            change.setAccountId(accountId);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        context.repositoryChanged(repositoryId);
        context.accountChanged(accountId);
    }
}
