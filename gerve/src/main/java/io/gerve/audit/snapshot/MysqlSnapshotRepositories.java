package io.gerve.audit.snapshot;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.REPOSITORY_REDIRECTS;

import io.gerve.access.Repository;
import io.gerve.access.Role;
import io.gerve.audit.snapshot.SnapshotRows.RecordedAccount;
import io.gerve.audit.snapshot.SnapshotRows.RecordedRepository;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;
import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import io.gerve.sql.schema.tables.records.RepositoriesRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The repositories and their names, now or at a past time. */
public final class MysqlSnapshotRepositories {
    private static final ChangeKind[] KINDS = {
        ChangeKind.REPOSITORY, ChangeKind.REPOSITORY_NAME, ChangeKind.REPOSITORY_VISIBILITY, ChangeKind.REPOSITORY_STATE
    };

    private final MysqlSnapshotFacts state;

    public MysqlSnapshotRepositories(MysqlSnapshotFacts state) {
        this.state = state;
    }

    /** The facts of one repository while changes to it are undone. */
    private static final class Row {
        private long ownerId;
        private String name = "";
        private String visibility = "private";
        private String state = "active";

        static Row of(RepositoriesRecord repository) {
            var row = new Row();
            row.ownerId = repository.getOwnerId();
            row.name = repository.getName();
            row.visibility = repository.getVisibility();
            row.state = repository.getState() + " " + Objects.requireNonNullElse(repository.getStateReason(), "");
            return row;
        }

        void undoName(GrantChangesRecord change) {
            ownerId = change.getAccountId();
            name = MysqlChangeUndo.before(change)
                    .substring(MysqlChangeUndo.before(change).indexOf('/') + 1);
        }
    }

    /** Returns those of the repositories that exist, or existed at the time, by id. */
    public Map<Long, RecordedRepository> repositories(Collection<Long> ids) {
        Map<Long, Row> rows = new HashMap<>();
        state.sql()
                .selectFrom(REPOSITORIES)
                .where(REPOSITORIES.ID.in(ids))
                .forEach(row -> rows.put(row.getId(), Row.of(row)));
        state.undo().each(MysqlChangeQuery.ofRepositories(ids, KINDS), change -> undo(rows, change));
        Map<Long, RecordedAccount> owners =
                state.accounts(rows.values().stream().map(row -> row.ownerId).collect(Collectors.toSet()));
        Map<Long, RecordedRepository> found = new HashMap<>();
        rows.forEach((id, row) -> Optional.ofNullable(owners.get(row.ownerId))
                .ifPresent(owner -> found.put(id, recorded(id, row, owner))));
        return found;
    }

    /** Finds a repository by its name or, if no repository has the name, by a redirect. */
    public Optional<RecordedRepository> byName(RepositoryName name) {
        Set<Long> byName = new HashSet<>(byPresentName(name));
        Set<Long> byFormerName = new HashSet<>(byRedirect(name));
        state.undo()
                .each(
                        MysqlChangeQuery.from(name.toString(), ChangeKind.REPOSITORY, ChangeKind.REPOSITORY_NAME),
                        change -> byName.add(change.getRepositoryId()));
        var all = new HashSet<>(byName);
        all.addAll(byFormerName);
        Map<Long, RecordedRepository> found = repositories(all);
        return found.values().stream()
                .filter(owned -> owned.repository().name().equals(name))
                .findFirst()
                .or(() -> found.values().stream()
                        .filter(owned ->
                                byFormerName.contains(owned.repository().id()))
                        .findFirst());
    }

    private List<Long> byPresentName(RepositoryName name) {
        return state.sql()
                .select(REPOSITORIES.ID)
                .from(ACCOUNTS)
                .join(REPOSITORIES)
                .on(REPOSITORIES.OWNER_ID.eq(ACCOUNTS.ID))
                .where(ACCOUNTS.LOGIN.eq(name.owner().text()))
                .and(REPOSITORIES.NAME.eq(name.name()))
                .fetch(REPOSITORIES.ID);
    }

    /** Returns the repositories to which the name was a redirect. */
    private Set<Long> byRedirect(RepositoryName name) {
        Set<Long> ids = new HashSet<>(state.sql()
                .select(REPOSITORY_REDIRECTS.REPOSITORY_ID)
                .from(REPOSITORY_REDIRECTS)
                .where(REPOSITORY_REDIRECTS.OWNER_LOGIN.eq(name.owner().text()))
                .and(REPOSITORY_REDIRECTS.NAME.eq(name.name()))
                .fetch(REPOSITORY_REDIRECTS.REPOSITORY_ID));
        String text = name.toString();
        Set<Long> affected = new HashSet<>(ids);
        state.undo()
                .each(
                        MysqlChangeQuery.from(text, ChangeKind.REPOSITORY_REDIRECT),
                        change -> affected.add(change.getRepositoryId()));
        state.undo()
                .each(
                        MysqlChangeQuery.ofRepositories(affected, ChangeKind.REPOSITORY_REDIRECT)
                                .and(GRANT_CHANGES.BEFORE_VALUE.eq(text).or(GRANT_CHANGES.AFTER_VALUE.eq(text))),
                        change -> {
                            if (MysqlChangeUndo.before(change).isEmpty()) {
                                ids.remove(change.getRepositoryId());
                            } else {
                                ids.add(change.getRepositoryId());
                            }
                        });
        return ids;
    }

    private static void undo(Map<Long, Row> rows, GrantChangesRecord change) {
        long id = change.getRepositoryId();
        String before = MysqlChangeUndo.before(change);
        boolean isCreation = change.getKind() == ChangeKind.REPOSITORY;
        if (isCreation && before.isEmpty()) {
            rows.remove(id);
            return;
        }
        Row row = isCreation ? rows.computeIfAbsent(id, _ -> new Row()) : rows.get(id);
        if (row == null || before.isEmpty()) {
            return;
        }
        switch (change.getKind()) {
            case REPOSITORY_VISIBILITY -> row.visibility = before;
            case REPOSITORY_STATE -> row.state = before;
            default -> row.undoName(change);
        }
    }

    private static RecordedRepository recorded(long id, Row row, RecordedAccount owner) {
        var repository = new Repository(
                id,
                row.ownerId,
                owner.account().kind(),
                switch (owner.account().kind()) {
                    case USER -> Role.NONE;
                    case ORGANIZATION -> owner.basePermission();
                },
                new RepositoryName(owner.account().login(), row.name),
                MysqlSnapshotFacts.enumConstant(Repository.Visibility.class, row.visibility),
                MysqlSnapshotFacts.enumConstant(Repository.State.class, MysqlSnapshotFacts.firstWord(row.state)),
                MysqlSnapshotFacts.afterFirstWord(row.state));
        return new RecordedRepository(repository, owner.account());
    }

    /**
     * Returns whether an organization owns the repository, so that the organization's base permission and teams apply.
     */
    public static boolean isOwnedByOrganization(Repository repository) {
        return repository.ownerKind() == Account.Kind.ORGANIZATION;
    }
}
