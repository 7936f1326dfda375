package io.gerve.admin;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.REPOSITORY_REDIRECTS;

import io.gerve.access.Repository.State;
import io.gerve.access.Repository.Visibility;
import io.gerve.git.BranchName;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.AccountsRecord;
import io.gerve.sql.schema.tables.records.RepositoriesRecord;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.impl.DSL;

/** Rows of repositories. What also changes their folders on the file servers is in {@link RepositoryService}. */
public final class MysqlRepositoryStore {
    private final AuditedTransaction transactions;

    public MysqlRepositoryStore(AuditedTransaction transactions) {
        this.transactions = transactions;
    }

    /** A change on a file server, within the transaction of the rows. */
    interface FolderStep {
        void run(RepositoryName name) throws ChangeRefused, DependencyUnavailable;
    }

    /**
     * Creates the row of a repository. A redirect of the same name is removed.
     *
     * @param folder is called last, with the name in the spelling of the owner
     */
    RepositoryDetails create(RepositoryName name, Visibility visibility, FolderStep folder)
            throws ChangeRefused, DependencyUnavailable {
        return transactions.change(context -> {
            var owner = context.names().account(name.owner());
            var own = new RepositoryName(new Login(owner.getLogin()), name.name());
            requireNameFree(context, own);
            MysqlRedirectStore.remove(context, own);
            var repository = context.sql().newRecord(REPOSITORIES);
            repository.setOwnerId(owner.getId());
            repository.setName(own.name());
            repository.setVisibility(label(visibility));
            repository.setCreatedAt(context.at());
            long id = context.insert(REPOSITORIES, repository);
            named(context, ChangeKind.REPOSITORY, id, owner.getId(), "", own.toString());
            changed(context, ChangeKind.REPOSITORY_VISIBILITY, id, "", label(visibility));
            // Last, after every check that needs no file server. An empty directory without a row is reused next time.
            folder.run(own);
            return show(context.sql(), own);
        });
    }

    /** @throws ChangeRefused if a repository has the name, or its owner does not exist */
    void requireFree(RepositoryName name) throws ChangeRefused, DependencyUnavailable {
        transactions.query(sql -> {
            var names = new MysqlNameResolver(sql);
            if (names.findRepository(name).isPresent()) {
                throw alreadyThere(name);
            }
            return names.account(name.owner());
        });
    }

    public RepositoryDetails show(RepositoryName name) throws ChangeRefused, DependencyUnavailable {
        return transactions.query(sql -> show(sql, name));
    }

    /** Returns the repositories of an owner, or of all owners if none is given, ordered by name. */
    public List<RepositoryDetails> list(Optional<Login> owner) throws ChangeRefused, DependencyUnavailable {
        return transactions.query(sql -> {
            if (owner.isEmpty()) {
                return fetch(sql, DSL.trueCondition());
            }
            return fetch(
                    sql,
                    REPOSITORIES.OWNER_ID.eq(
                            new MysqlNameResolver(sql).account(owner.get()).getId()));
        });
    }

    /** Returns the former names by which the repository can still be found. */
    public List<String> redirects(RepositoryName name) throws ChangeRefused, DependencyUnavailable {
        return transactions.query(sql -> sql.select(REPOSITORY_REDIRECTS.OWNER_LOGIN, REPOSITORY_REDIRECTS.NAME)
                .from(REPOSITORY_REDIRECTS)
                .where(REPOSITORY_REDIRECTS.REPOSITORY_ID.eq(
                        new MysqlNameResolver(sql).repository(name).getId()))
                .orderBy(REPOSITORY_REDIRECTS.OWNER_LOGIN, REPOSITORY_REDIRECTS.NAME)
                .fetch(row -> row.value1() + "/" + row.value2()));
    }

    /**
     * Renames the row of a repository, or gives it to another owner. The old name keeps working.
     *
     * @param folderMove is made last in the transaction, and taken back by the caller if the transaction fails
     */
    RepositoryDetails rename(RepositoryName from, RepositoryName to, FolderMove folderMove)
            throws ChangeRefused, DependencyUnavailable {
        return transactions.change(context -> {
            var repository = locked(context, from);
            var owner = context.names().account(to.owner());
            var before = context.names().nameOf(repository);
            var after = new RepositoryName(new Login(owner.getLogin()), to.name());
            if (!before.equals(after)) {
                requireNameFree(context, after);
            } else if (before.name().equals(after.name())) {
                throw new ChangeRefused(before + " has that name already.");
            }
            if (!owner.getId().equals(repository.getOwnerId())) {
                new MysqlRightsRemoval(context, repository.getId()).ofTeams();
            }
            long ownerBefore = repository.getOwnerId();
            update(context, repository, owner, after.name());
            MysqlRedirectStore.add(context, repository.getId(), before, after);
            named(
                    context,
                    ChangeKind.REPOSITORY_NAME,
                    repository.getId(),
                    ownerBefore,
                    before.toString(),
                    after.toString());
            context.accountChanged(owner.getId());
            folderMove.move(repository.getId(), before, after);
            return show(context.sql(), after);
        });
    }

    /** Returns the row after waiting for its lock: a commit whose answer was lost may still be in progress. */
    Optional<RepositoryDetails> findSettled(long id) throws DependencyUnavailable {
        try {
            return transactions.query(sql -> {
                Condition byId = REPOSITORIES.ID.eq(id);
                sql.selectOne().from(REPOSITORIES).where(byId).forUpdate().execute();
                return fetch(sql, byId).stream().findFirst();
            });
        } catch (ChangeRefused e) {
            throw new IllegalStateException("a query by id is never refused", e);
        }
    }

    public RepositoryDetails setVisibility(RepositoryName name, Visibility visibility)
            throws ChangeRefused, DependencyUnavailable {
        return transactions.change(context -> {
            var repository = locked(context, name);
            context.sql()
                    .update(REPOSITORIES)
                    .set(REPOSITORIES.VISIBILITY, label(visibility))
                    .where(REPOSITORIES.ID.eq(repository.getId()))
                    .execute();
            changed(
                    context,
                    ChangeKind.REPOSITORY_VISIBILITY,
                    repository.getId(),
                    repository.getVisibility(),
                    label(visibility));
            return show(context.sql(), name);
        });
    }

    /** Records the default branch of a repository, and then sets it on the file server. */
    FolderDetails setDefaultBranch(RepositoryName name, BranchName branch, RepositoryFolders folders)
            throws ChangeRefused, DependencyUnavailable {
        return transactions.change(context -> {
            var repository = locked(context, name);
            var current = context.names().nameOf(repository);
            String before = folders.show(current).defaultBranch();
            context.recordChange(ChangeKind.REPOSITORY_DEFAULT_BRANCH, change -> {
                change.setRepositoryId(repository.getId());
                change.setBeforeValue(before);
                change.setAfterValue(branch.text());
            });
            return folders.setDefaultBranch(current, branch);
        });
    }

    /**
     * Archives, locks or disables a repository.
     *
     * @param state the new state. Only an active repository can be archived or locked; any repository can be disabled
     */
    public RepositoryDetails close(RepositoryName name, State state, OperatorMessage reason)
            throws ChangeRefused, DependencyUnavailable {
        return transactions.change(context -> {
            var repository = locked(context, name);
            String before = repository.getState();
            if (before.equals(label(state)) || (state != State.DISABLED && !before.equals(label(State.ACTIVE)))) {
                throw new ChangeRefused(name + " is " + before + " already.");
            }
            return setState(context, repository, state, Optional.of(reason));
        });
    }

    /**
     * Makes a repository active again.
     *
     * @param from the state that it must be in
     */
    public RepositoryDetails reopen(RepositoryName name, State from) throws ChangeRefused, DependencyUnavailable {
        return transactions.change(context -> {
            var repository = locked(context, name);
            if (!repository.getState().equals(label(from))) {
                throw new ChangeRefused(name + " is not " + label(from) + " but " + repository.getState() + ".");
            }
            return setState(context, repository, State.ACTIVE, Optional.empty());
        });
    }

    /** Deletes the rows of a repository: all rights to it, all its names, and itself. */
    void deleteRows(RepositoryDetails details) throws ChangeRefused, DependencyUnavailable {
        transactions.change(context -> {
            var repository = locked(context, details.name());
            long id = repository.getId();
            if (id != details.id()) {
                throw new ChangeRefused(details.name()
                        + " was changed at the same time. Nothing was deleted. Check its current state.");
            }
            var rights = new MysqlRightsRemoval(context, id);
            rights.ofTeams();
            rights.ofCollaborators();
            rights.ofDeployKeys();
            MysqlRedirectStore.removeAll(context, id);
            context.sql().deleteFrom(REPOSITORIES).where(REPOSITORIES.ID.eq(id)).execute();
            changed(context, ChangeKind.REPOSITORY_VISIBILITY, id, repository.getVisibility(), "");
            changed(context, ChangeKind.REPOSITORY_STATE, id, stateOf(repository), "");
            named(
                    context,
                    ChangeKind.REPOSITORY,
                    id,
                    repository.getOwnerId(),
                    details.name().toString(),
                    "");
            return id;
        });
    }

    private static RepositoriesRecord locked(ChangeContext context, RepositoryName name) throws ChangeRefused {
        long id = context.names().repository(name).getId();
        return context.sql()
                .selectFrom(REPOSITORIES)
                .where(REPOSITORIES.ID.eq(id))
                .forUpdate()
                .fetchSingle();
    }

    private static void requireNameFree(ChangeContext context, RepositoryName name) throws ChangeRefused {
        if (context.names().findRepository(name).isPresent()) {
            throw alreadyThere(name);
        }
    }

    private static ChangeRefused alreadyThere(RepositoryName name) {
        return new ChangeRefused("There is already a repository " + name + ".");
    }

    private static void update(
            ChangeContext context, RepositoriesRecord repository, AccountsRecord owner, String name) {
        context.sql()
                .update(REPOSITORIES)
                .set(REPOSITORIES.OWNER_ID, owner.getId())
                .set(REPOSITORIES.NAME, name)
                .where(REPOSITORIES.ID.eq(repository.getId()))
                .execute();
    }

    private static RepositoryDetails setState(
            ChangeContext context, RepositoriesRecord repository, State state, Optional<OperatorMessage> reason)
            throws ChangeRefused {
        context.sql()
                .update(REPOSITORIES)
                .set(REPOSITORIES.STATE, label(state))
                .set(
                        REPOSITORIES.STATE_REASON,
                        reason.map(OperatorMessage::text).orElse(null))
                .where(REPOSITORIES.ID.eq(repository.getId()))
                .execute();
        changed(
                context,
                ChangeKind.REPOSITORY_STATE,
                repository.getId(),
                stateOf(repository),
                OperatorMessage.after(
                        label(state), reason.map(OperatorMessage::text).orElse("")));
        return show(context.sql(), context.names().nameOf(repository));
    }

    private static String stateOf(RepositoriesRecord repository) {
        return OperatorMessage.after(repository.getState(), repository.getStateReason());
    }

    /**
     * Records a change of the name or owner.
     *
     * @param ownerId the owner before the change, or after it if the repository is created
     */
    private static void named(
            ChangeContext context, ChangeKind kind, long id, long ownerId, String before, String after) {
        context.recordChange(kind, change -> {
            change.setRepositoryId(id);
            change.setAccountId(ownerId);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        context.repositoryChanged(id);
    }

    private static void changed(ChangeContext context, ChangeKind kind, long id, String before, String after) {
        context.recordChange(kind, change -> {
            change.setRepositoryId(id);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        context.repositoryChanged(id);
    }

    private static RepositoryDetails show(DSLContext sql, RepositoryName name) throws ChangeRefused {
        return fetch(
                        sql,
                        REPOSITORIES.ID.eq(
                                new MysqlNameResolver(sql).repository(name).getId()))
                .getFirst();
    }

    private static List<RepositoryDetails> fetch(DSLContext sql, Condition condition) {
        return sql.select(REPOSITORIES.fields())
                .select(ACCOUNTS.LOGIN)
                .from(REPOSITORIES)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(REPOSITORIES.OWNER_ID))
                .where(condition)
                .orderBy(ACCOUNTS.LOGIN, REPOSITORIES.NAME)
                .fetch(MysqlRepositoryStore::details);
    }

    private static RepositoryDetails details(Record row) {
        return new RepositoryDetails(
                row.get(REPOSITORIES.ID),
                new RepositoryName(new Login(row.get(ACCOUNTS.LOGIN)), row.get(REPOSITORIES.NAME)),
                Visibility.valueOf(row.get(REPOSITORIES.VISIBILITY).toUpperCase(Locale.ROOT)),
                State.valueOf(row.get(REPOSITORIES.STATE).toUpperCase(Locale.ROOT)),
                Objects.requireNonNullElse(row.get(REPOSITORIES.STATE_REASON), ""),
                row.get(REPOSITORIES.CREATED_AT));
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
