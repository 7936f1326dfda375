package io.gerve.registry;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.REPOSITORY_REDIRECTS;

import io.gerve.access.Repository.State;
import io.gerve.access.Repository.Visibility;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.key.Login;
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
public final class MysqlRepositories {
    private final MysqlLedger ledger;
    private final RepositoryFolders folders;

    public MysqlRepositories(MysqlLedger ledger, RepositoryFolders folders) {
        this.ledger = ledger;
        this.folders = folders;
    }

    /** Makes an empty repository. It takes its name over from one that was renamed away from it. */
    public RepositoryEntry create(RepositoryName name, Visibility visibility) throws Refused, Unreachable {
        return ledger.change(entry -> {
            var owner = entry.names().account(name.owner());
            var own = new RepositoryName(new Login(owner.getLogin()), name.name());
            refuseTaken(entry, own);
            MysqlOldNames.forget(entry, own);
            var repository = entry.sql().newRecord(REPOSITORIES);
            repository.setOwnerId(owner.getId());
            repository.setName(own.name());
            repository.setVisibility(word(visibility));
            repository.setCreatedAt(entry.at());
            long id = entry.insert(REPOSITORIES, repository);
            named(entry, "repository", id, owner.getId(), "", own.toString());
            changed(entry, "visibility", id, "", word(visibility));
            // Last, so that what can be refused without it was. An empty folder without a row is taken as it is next
            // time.
            folders.create(own);
            return show(entry.sql(), own);
        });
    }

    public RepositoryEntry show(RepositoryName name) throws Refused, Unreachable {
        return ledger.read(sql -> show(sql, name));
    }

    /** @return by name; of all owners if none is given */
    public List<RepositoryEntry> list(Optional<Login> owner) throws Refused, Unreachable {
        return ledger.read(sql -> {
            if (owner.isEmpty()) {
                return fetch(sql, DSL.trueCondition());
            }
            return fetch(
                    sql,
                    REPOSITORIES.OWNER_ID.eq(
                            new MysqlNames(sql).account(owner.get()).getId()));
        });
    }

    /** The names by which the repository was known before and can still be found. */
    public List<String> oldNames(RepositoryName name) throws Refused, Unreachable {
        return ledger.read(sql -> sql.select(REPOSITORY_REDIRECTS.OWNER_LOGIN, REPOSITORY_REDIRECTS.NAME)
                .from(REPOSITORY_REDIRECTS)
                .where(REPOSITORY_REDIRECTS.REPOSITORY_ID.eq(
                        new MysqlNames(sql).repository(name).getId()))
                .orderBy(REPOSITORY_REDIRECTS.OWNER_LOGIN, REPOSITORY_REDIRECTS.NAME)
                .fetch(row -> row.value1() + "/" + row.value2()));
    }

    /** Renames a repository, or hands it to another owner whose repositories are on the same file server. The old name goes on working. */
    public RepositoryEntry rename(RepositoryName from, RepositoryName to) throws Refused, Unreachable {
        var moved = new MovedFolder(folders);
        try {
            return ledger.change(entry -> {
                var repository = locked(entry, from);
                var owner = entry.names().account(to.owner());
                var before = entry.names().nameOf(repository);
                var after = new RepositoryName(new Login(owner.getLogin()), to.name());
                if (!before.equals(after)) {
                    refuseTaken(entry, after);
                } else if (before.name().equals(after.name())) {
                    throw new Refused(before + " has that name already.");
                }
                if (!owner.getId().equals(repository.getOwnerId())) {
                    new MysqlDroppedRights(entry, repository.getId()).ofTeams();
                }
                long ownerBefore = repository.getOwnerId();
                update(entry, repository, owner, after.name());
                MysqlOldNames.leave(entry, repository.getId(), before, after);
                named(entry, "repository-name", repository.getId(), ownerBefore, before.toString(), after.toString());
                entry.accountChanged(owner.getId());
                moved.move(repository.getId(), before, after);
                return show(entry.sql(), after);
            });
        } catch (Refused e) {
            moved.back();
            throw e;
        } catch (RuntimeException e) {
            // It may have come when the change held already.
            if (renamedAfterAll(moved).isEmpty()) {
                moved.back();
            }
            throw e;
        } catch (Unreachable e) {
            Optional<RepositoryEntry> renamed = renamedAfterAll(moved);
            if (renamed.isPresent()) {
                return renamed.get();
            }
            moved.back();
            throw moved.done().isEmpty()
                    ? e
                    : Unreachable.beforeAnyChange(e.getMessage() + " The folder is where it was before.", e);
        }
    }

    /** What was lost may have been the answer to the commit alone. */
    private Optional<RepositoryEntry> renamedAfterAll(MovedFolder moved) throws Unreachable {
        if (moved.done().isEmpty()) {
            return Optional.empty();
        }
        MovedFolder.Move move = moved.done().get();
        try {
            return settled(move.id())
                    .filter(now -> now.name().equals(move.to())
                            && now.name().name().equals(move.to().name()));
        } catch (Unreachable e) {
            throw new Unreachable(
                    "It is not known whether the database holds the new name. The folder is at " + move.to()
                            + " now; look with gerve repo show, and if the name is the old one, rename it again. "
                            + e.getMessage(),
                    e);
        }
    }

    /** Waits until nobody is changing it: a commit whose answer was lost may not have come to its end. */
    private Optional<RepositoryEntry> settled(long id) throws Unreachable {
        try {
            return ledger.read(sql -> {
                Condition isIt = REPOSITORIES.ID.eq(id);
                sql.selectOne().from(REPOSITORIES).where(isIt).forUpdate().execute();
                return fetch(sql, isIt).stream().findFirst();
            });
        } catch (Refused e) {
            throw new IllegalStateException("a question by number is never refused", e);
        }
    }

    public RepositoryEntry setVisibility(RepositoryName name, Visibility visibility) throws Refused, Unreachable {
        return ledger.change(entry -> {
            var repository = locked(entry, name);
            entry.sql()
                    .update(REPOSITORIES)
                    .set(REPOSITORIES.VISIBILITY, word(visibility))
                    .where(REPOSITORIES.ID.eq(repository.getId()))
                    .execute();
            changed(entry, "visibility", repository.getId(), repository.getVisibility(), word(visibility));
            return show(entry.sql(), name);
        });
    }

    /** @param state other than active; only an active repository becomes archived or locked, any may be disabled */
    public RepositoryEntry close(RepositoryName name, State state, Words reason) throws Refused, Unreachable {
        return ledger.change(entry -> {
            var repository = locked(entry, name);
            String before = repository.getState();
            if (before.equals(word(state)) || (state != State.DISABLED && !before.equals(word(State.ACTIVE)))) {
                throw new Refused(name + " is " + before + " already.");
            }
            return setState(entry, repository, state, Optional.of(reason));
        });
    }

    /** @param from the state that it must be in */
    public RepositoryEntry reopen(RepositoryName name, State from) throws Refused, Unreachable {
        return ledger.change(entry -> {
            var repository = locked(entry, name);
            if (!repository.getState().equals(word(from))) {
                throw new Refused(name + " is not " + word(from) + " but " + repository.getState() + ".");
            }
            return setState(entry, repository, State.ACTIVE, Optional.empty());
        });
    }

    /**
     * Takes every right to it and every name of it away, and then moves its folder to the file server's trash.
     *
     * @throws Unreachable also if it is gone but its folder is still in its place
     */
    public void delete(RepositoryName name) throws Refused, Unreachable {
        RepositoryEntry doomed = show(name);
        try {
            deleteRows(doomed);
        } catch (Unreachable e) {
            if (settled(doomed.id()).isPresent()) {
                throw e;
            }
        }
        try {
            folders.remove(doomed.name());
        } catch (Refused | Unreachable e) {
            throw new Unreachable(
                    doomed.name()
                            + " is deleted, but its folder could not be moved to the trash of its file server, where it is in"
                            + " the way of a new repository of that name: " + e.getMessage(),
                    e);
        }
    }

    private void deleteRows(RepositoryEntry doomed) throws Refused, Unreachable {
        ledger.change(entry -> {
            var repository = locked(entry, doomed.name());
            long id = repository.getId();
            if (id != doomed.id()) {
                throw new Refused("Somebody else changed " + doomed.name() + " at this moment. Look at it again.");
            }
            var rights = new MysqlDroppedRights(entry, id);
            rights.ofTeams();
            rights.ofCollaborators();
            rights.ofDeployKeys();
            MysqlOldNames.forgetAll(entry, id);
            entry.sql().deleteFrom(REPOSITORIES).where(REPOSITORIES.ID.eq(id)).execute();
            changed(entry, "visibility", id, repository.getVisibility(), "");
            changed(entry, "repository-state", id, stateOf(repository), "");
            named(
                    entry,
                    "repository",
                    id,
                    repository.getOwnerId(),
                    doomed.name().toString(),
                    "");
            return id;
        });
    }

    private static RepositoriesRecord locked(MysqlEntry entry, RepositoryName name) throws Refused {
        long id = entry.names().repository(name).getId();
        return entry.sql()
                .selectFrom(REPOSITORIES)
                .where(REPOSITORIES.ID.eq(id))
                .forUpdate()
                .fetchSingle();
    }

    private static void refuseTaken(MysqlEntry entry, RepositoryName name) throws Refused {
        if (entry.names().findRepository(name).isPresent()) {
            throw new Refused("There is already a repository " + name + ".");
        }
    }

    private static void update(MysqlEntry entry, RepositoriesRecord repository, AccountsRecord owner, String name) {
        entry.sql()
                .update(REPOSITORIES)
                .set(REPOSITORIES.OWNER_ID, owner.getId())
                .set(REPOSITORIES.NAME, name)
                .where(REPOSITORIES.ID.eq(repository.getId()))
                .execute();
    }

    private static RepositoryEntry setState(
            MysqlEntry entry, RepositoriesRecord repository, State state, Optional<Words> reason) throws Refused {
        entry.sql()
                .update(REPOSITORIES)
                .set(REPOSITORIES.STATE, word(state))
                .set(REPOSITORIES.STATE_REASON, reason.map(Words::text).orElse(null))
                .where(REPOSITORIES.ID.eq(repository.getId()))
                .execute();
        changed(
                entry,
                "repository-state",
                repository.getId(),
                stateOf(repository),
                Words.after(word(state), reason.map(Words::text).orElse("")));
        return show(entry.sql(), entry.names().nameOf(repository));
    }

    private static String stateOf(RepositoriesRecord repository) {
        return Words.after(repository.getState(), repository.getStateReason());
    }

    /** @param ownerId whose it was before, or, of one that is made, is after */
    private static void named(MysqlEntry entry, String kind, long id, long ownerId, String before, String after) {
        entry.grant(kind, change -> {
            change.setRepositoryId(id);
            change.setAccountId(ownerId);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        entry.repositoryChanged(id);
    }

    private static void changed(MysqlEntry entry, String kind, long id, String before, String after) {
        entry.grant(kind, change -> {
            change.setRepositoryId(id);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        entry.repositoryChanged(id);
    }

    private static RepositoryEntry show(DSLContext sql, RepositoryName name) throws Refused {
        return fetch(
                        sql,
                        REPOSITORIES.ID.eq(new MysqlNames(sql).repository(name).getId()))
                .getFirst();
    }

    private static List<RepositoryEntry> fetch(DSLContext sql, Condition which) {
        return sql.select(REPOSITORIES.fields())
                .select(ACCOUNTS.LOGIN)
                .from(REPOSITORIES)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(REPOSITORIES.OWNER_ID))
                .where(which)
                .orderBy(ACCOUNTS.LOGIN, REPOSITORIES.NAME)
                .fetch(MysqlRepositories::entry);
    }

    private static RepositoryEntry entry(Record row) {
        return new RepositoryEntry(
                row.get(REPOSITORIES.ID),
                new RepositoryName(new Login(row.get(ACCOUNTS.LOGIN)), row.get(REPOSITORIES.NAME)),
                Visibility.valueOf(row.get(REPOSITORIES.VISIBILITY).toUpperCase(Locale.ROOT)),
                State.valueOf(row.get(REPOSITORIES.STATE).toUpperCase(Locale.ROOT)),
                Objects.requireNonNullElse(row.get(REPOSITORIES.STATE_REASON), ""),
                row.get(REPOSITORIES.CREATED_AT));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
