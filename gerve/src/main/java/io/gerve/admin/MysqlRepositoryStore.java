package io.gerve.admin;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.REPOSITORY_REDIRECTS;

import io.gerve.access.Repository.State;
import io.gerve.access.Repository.Visibility;
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

/** The repositories: in the database, and through {@link RepositoryFolders} on their file servers. */
public final class MysqlRepositoryStore {
    private final AuditedTransaction ledger;
    private final RepositoryFolders folders;

    public MysqlRepositoryStore(AuditedTransaction ledger, RepositoryFolders folders) {
        this.ledger = ledger;
        this.folders = folders;
    }

    /** Makes an empty repository. It takes its name over from one that was renamed away from it. */
    public RepositoryDetails create(RepositoryName name, Visibility visibility)
            throws ChangeRefused, DependencyUnavailable {
        return ledger.change(entry -> {
            var owner = entry.names().account(name.owner());
            var own = new RepositoryName(new Login(owner.getLogin()), name.name());
            requireNameFree(entry, own);
            MysqlRedirectStore.remove(entry, own);
            var repository = entry.sql().newRecord(REPOSITORIES);
            repository.setOwnerId(owner.getId());
            repository.setName(own.name());
            repository.setVisibility(label(visibility));
            repository.setCreatedAt(entry.at());
            long id = entry.insert(REPOSITORIES, repository);
            named(entry, ChangeKind.REPOSITORY, id, owner.getId(), "", own.toString());
            changed(entry, ChangeKind.REPOSITORY_VISIBILITY, id, "", label(visibility));
            // Last, so that what can be refused without it was. An empty folder without a row is taken as it is next
            // time.
            folders.create(own);
            return show(entry.sql(), own);
        });
    }

    public RepositoryDetails show(RepositoryName name) throws ChangeRefused, DependencyUnavailable {
        return ledger.query(sql -> show(sql, name));
    }

    /** @return by name; of all owners if none is given */
    public List<RepositoryDetails> list(Optional<Login> owner) throws ChangeRefused, DependencyUnavailable {
        return ledger.query(sql -> {
            if (owner.isEmpty()) {
                return fetch(sql, DSL.trueCondition());
            }
            return fetch(
                    sql,
                    REPOSITORIES.OWNER_ID.eq(
                            new MysqlNameResolver(sql).account(owner.get()).getId()));
        });
    }

    /** The names by which the repository was known before and can still be found. */
    public List<String> redirects(RepositoryName name) throws ChangeRefused, DependencyUnavailable {
        return ledger.query(sql -> sql.select(REPOSITORY_REDIRECTS.OWNER_LOGIN, REPOSITORY_REDIRECTS.NAME)
                .from(REPOSITORY_REDIRECTS)
                .where(REPOSITORY_REDIRECTS.REPOSITORY_ID.eq(
                        new MysqlNameResolver(sql).repository(name).getId()))
                .orderBy(REPOSITORY_REDIRECTS.OWNER_LOGIN, REPOSITORY_REDIRECTS.NAME)
                .fetch(row -> row.value1() + "/" + row.value2()));
    }

    /** Renames a repository, or hands it to another owner whose repositories are on the same file server. The old name goes on working. */
    public RepositoryDetails rename(RepositoryName from, RepositoryName to)
            throws ChangeRefused, DependencyUnavailable {
        var moved = new FolderMove(folders);
        try {
            return ledger.change(entry -> {
                var repository = locked(entry, from);
                var owner = entry.names().account(to.owner());
                var before = entry.names().nameOf(repository);
                var after = new RepositoryName(new Login(owner.getLogin()), to.name());
                if (!before.equals(after)) {
                    requireNameFree(entry, after);
                } else if (before.name().equals(after.name())) {
                    throw new ChangeRefused(before + " has that name already.");
                }
                if (!owner.getId().equals(repository.getOwnerId())) {
                    new MysqlRightsRemoval(entry, repository.getId()).ofTeams();
                }
                long ownerBefore = repository.getOwnerId();
                update(entry, repository, owner, after.name());
                MysqlRedirectStore.add(entry, repository.getId(), before, after);
                named(
                        entry,
                        ChangeKind.REPOSITORY_NAME,
                        repository.getId(),
                        ownerBefore,
                        before.toString(),
                        after.toString());
                entry.accountChanged(owner.getId());
                moved.move(repository.getId(), before, after);
                return show(entry.sql(), after);
            });
        } catch (ChangeRefused e) {
            moved.rollBack();
            throw e;
        } catch (RuntimeException e) {
            // It may have come when the change held already.
            if (wasCommitted(moved).isEmpty()) {
                moved.rollBack();
            }
            throw e;
        } catch (DependencyUnavailable e) {
            Optional<RepositoryDetails> renamed = wasCommitted(moved);
            if (renamed.isPresent()) {
                return renamed.get();
            }
            moved.rollBack();
            throw moved.commit().isEmpty()
                    ? e
                    : DependencyUnavailable.beforeAnyChange(e.getMessage() + " The folder is where it was before.", e);
        }
    }

    /** What was lost may have been the answer to the commit alone. */
    private Optional<RepositoryDetails> wasCommitted(FolderMove moved) throws DependencyUnavailable {
        if (moved.commit().isEmpty()) {
            return Optional.empty();
        }
        FolderMove.Move move = moved.commit().get();
        try {
            return settled(move.id())
                    .filter(now -> now.name().equals(move.to())
                            && now.name().name().equals(move.to().name()));
        } catch (DependencyUnavailable e) {
            throw new DependencyUnavailable(
                    "It is not known whether the database holds the new name. The folder is at " + move.to()
                            + " now; look with gerve repo show, and if the name is the old one, rename it again. "
                            + e.getMessage(),
                    e);
        }
    }

    /** Waits until nobody is changing it: a commit whose answer was lost may not have come to its end. */
    private Optional<RepositoryDetails> settled(long id) throws DependencyUnavailable {
        try {
            return ledger.query(sql -> {
                Condition isIt = REPOSITORIES.ID.eq(id);
                sql.selectOne().from(REPOSITORIES).where(isIt).forUpdate().execute();
                return fetch(sql, isIt).stream().findFirst();
            });
        } catch (ChangeRefused e) {
            throw new IllegalStateException("a question by number is never refused", e);
        }
    }

    public RepositoryDetails setVisibility(RepositoryName name, Visibility visibility)
            throws ChangeRefused, DependencyUnavailable {
        return ledger.change(entry -> {
            var repository = locked(entry, name);
            entry.sql()
                    .update(REPOSITORIES)
                    .set(REPOSITORIES.VISIBILITY, label(visibility))
                    .where(REPOSITORIES.ID.eq(repository.getId()))
                    .execute();
            changed(
                    entry,
                    ChangeKind.REPOSITORY_VISIBILITY,
                    repository.getId(),
                    repository.getVisibility(),
                    label(visibility));
            return show(entry.sql(), name);
        });
    }

    /** @param state other than active; only an active repository becomes archived or locked, any may be disabled */
    public RepositoryDetails close(RepositoryName name, State state, OperatorMessage reason)
            throws ChangeRefused, DependencyUnavailable {
        return ledger.change(entry -> {
            var repository = locked(entry, name);
            String before = repository.getState();
            if (before.equals(label(state)) || (state != State.DISABLED && !before.equals(label(State.ACTIVE)))) {
                throw new ChangeRefused(name + " is " + before + " already.");
            }
            return setState(entry, repository, state, Optional.of(reason));
        });
    }

    /** @param from the state that it must be in */
    public RepositoryDetails reopen(RepositoryName name, State from) throws ChangeRefused, DependencyUnavailable {
        return ledger.change(entry -> {
            var repository = locked(entry, name);
            if (!repository.getState().equals(label(from))) {
                throw new ChangeRefused(name + " is not " + label(from) + " but " + repository.getState() + ".");
            }
            return setState(entry, repository, State.ACTIVE, Optional.empty());
        });
    }

    /**
     * Takes every right to it and every name of it away, and then moves its folder to the file server's trash.
     *
     * @throws DependencyUnavailable also if it is gone but its folder is still in its place
     */
    public void delete(RepositoryName name) throws ChangeRefused, DependencyUnavailable {
        RepositoryDetails doomed = show(name);
        try {
            deleteRows(doomed);
        } catch (DependencyUnavailable e) {
            if (settled(doomed.id()).isPresent()) {
                throw e;
            }
        }
        try {
            folders.remove(doomed.name());
        } catch (ChangeRefused | DependencyUnavailable e) {
            throw new DependencyUnavailable(
                    doomed.name()
                            + " is deleted, but its folder could not be moved to the trash of its file server, where it is in"
                            + " the way of a new repository of that name: " + e.getMessage(),
                    e);
        }
    }

    private void deleteRows(RepositoryDetails doomed) throws ChangeRefused, DependencyUnavailable {
        ledger.change(entry -> {
            var repository = locked(entry, doomed.name());
            long id = repository.getId();
            if (id != doomed.id()) {
                throw new ChangeRefused(
                        "Somebody else changed " + doomed.name() + " at this moment. Look at it again.");
            }
            var rights = new MysqlRightsRemoval(entry, id);
            rights.ofTeams();
            rights.ofCollaborators();
            rights.ofDeployKeys();
            MysqlRedirectStore.removeAll(entry, id);
            entry.sql().deleteFrom(REPOSITORIES).where(REPOSITORIES.ID.eq(id)).execute();
            changed(entry, ChangeKind.REPOSITORY_VISIBILITY, id, repository.getVisibility(), "");
            changed(entry, ChangeKind.REPOSITORY_STATE, id, stateOf(repository), "");
            named(
                    entry,
                    ChangeKind.REPOSITORY,
                    id,
                    repository.getOwnerId(),
                    doomed.name().toString(),
                    "");
            return id;
        });
    }

    private static RepositoriesRecord locked(ChangeContext entry, RepositoryName name) throws ChangeRefused {
        long id = entry.names().repository(name).getId();
        return entry.sql()
                .selectFrom(REPOSITORIES)
                .where(REPOSITORIES.ID.eq(id))
                .forUpdate()
                .fetchSingle();
    }

    private static void requireNameFree(ChangeContext entry, RepositoryName name) throws ChangeRefused {
        if (entry.names().findRepository(name).isPresent()) {
            throw new ChangeRefused("There is already a repository " + name + ".");
        }
    }

    private static void update(ChangeContext entry, RepositoriesRecord repository, AccountsRecord owner, String name) {
        entry.sql()
                .update(REPOSITORIES)
                .set(REPOSITORIES.OWNER_ID, owner.getId())
                .set(REPOSITORIES.NAME, name)
                .where(REPOSITORIES.ID.eq(repository.getId()))
                .execute();
    }

    private static RepositoryDetails setState(
            ChangeContext entry, RepositoriesRecord repository, State state, Optional<OperatorMessage> reason)
            throws ChangeRefused {
        entry.sql()
                .update(REPOSITORIES)
                .set(REPOSITORIES.STATE, label(state))
                .set(
                        REPOSITORIES.STATE_REASON,
                        reason.map(OperatorMessage::text).orElse(null))
                .where(REPOSITORIES.ID.eq(repository.getId()))
                .execute();
        changed(
                entry,
                ChangeKind.REPOSITORY_STATE,
                repository.getId(),
                stateOf(repository),
                OperatorMessage.after(
                        label(state), reason.map(OperatorMessage::text).orElse("")));
        return show(entry.sql(), entry.names().nameOf(repository));
    }

    private static String stateOf(RepositoriesRecord repository) {
        return OperatorMessage.after(repository.getState(), repository.getStateReason());
    }

    /** @param ownerId whose it was before, or, of one that is made, is after */
    private static void named(
            ChangeContext entry, ChangeKind kind, long id, long ownerId, String before, String after) {
        entry.recordChange(kind, change -> {
            change.setRepositoryId(id);
            change.setAccountId(ownerId);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        entry.repositoryChanged(id);
    }

    private static void changed(ChangeContext entry, ChangeKind kind, long id, String before, String after) {
        entry.recordChange(kind, change -> {
            change.setRepositoryId(id);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        entry.repositoryChanged(id);
    }

    private static RepositoryDetails show(DSLContext sql, RepositoryName name) throws ChangeRefused {
        return fetch(
                        sql,
                        REPOSITORIES.ID.eq(
                                new MysqlNameResolver(sql).repository(name).getId()))
                .getFirst();
    }

    private static List<RepositoryDetails> fetch(DSLContext sql, Condition which) {
        return sql.select(REPOSITORIES.fields())
                .select(ACCOUNTS.LOGIN)
                .from(REPOSITORIES)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(REPOSITORIES.OWNER_ID))
                .where(which)
                .orderBy(ACCOUNTS.LOGIN, REPOSITORIES.NAME)
                .fetch(MysqlRepositoryStore::entry);
    }

    private static RepositoryDetails entry(Record row) {
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
