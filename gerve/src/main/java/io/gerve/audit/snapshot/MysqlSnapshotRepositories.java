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

/** The repositories and their names, as they are now or were at a time. */
public final class MysqlSnapshotRepositories {
    private static final ChangeKind[] KINDS = {
        ChangeKind.REPOSITORY, ChangeKind.REPOSITORY_NAME, ChangeKind.REPOSITORY_VISIBILITY, ChangeKind.REPOSITORY_STATE
    };

    private final MysqlSnapshotFacts state;

    public MysqlSnapshotRepositories(MysqlSnapshotFacts state) {
        this.state = state;
    }

    /** What is recorded of one repository while changes to it are undone. */
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

        void wasNamed(GrantChangesRecord change) {
            ownerId = change.getAccountId();
            name = MysqlChangeUndo.before(change)
                    .substring(MysqlChangeUndo.before(change).indexOf('/') + 1);
        }
    }

    /** Those of the repositories that there are, or were. */
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
        rows.forEach((id, row) ->
                Optional.ofNullable(owners.get(row.ownerId)).ifPresent(owner -> found.put(id, owned(id, row, owner))));
        return found;
    }

    /** Finds a repository by its name or, if none has it, by one that it had before. */
    public Optional<RecordedRepository> byName(RepositoryName asked) {
        Set<Long> byName = new HashSet<>(byPresentName(asked));
        Set<Long> byFormerName = new HashSet<>(byRedirect(asked));
        state.undo()
                .each(
                        MysqlChangeQuery.from(asked.toString(), ChangeKind.REPOSITORY, ChangeKind.REPOSITORY_NAME),
                        change -> byName.add(change.getRepositoryId()));
        var all = new HashSet<>(byName);
        all.addAll(byFormerName);
        Map<Long, RecordedRepository> found = repositories(all);
        return found.values().stream()
                .filter(owned -> owned.repository().name().equals(asked))
                .findFirst()
                .or(() -> found.values().stream()
                        .filter(owned ->
                                byFormerName.contains(owned.repository().id()))
                        .findFirst());
    }

    private List<Long> byPresentName(RepositoryName asked) {
        return state.sql()
                .select(REPOSITORIES.ID)
                .from(ACCOUNTS)
                .join(REPOSITORIES)
                .on(REPOSITORIES.OWNER_ID.eq(ACCOUNTS.ID))
                .where(ACCOUNTS.LOGIN.eq(asked.owner().text()))
                .and(REPOSITORIES.NAME.eq(asked.name()))
                .fetch(REPOSITORIES.ID);
    }

    /** Which repository was found by a name that it had no more. */
    private Set<Long> byRedirect(RepositoryName asked) {
        Set<Long> ids = new HashSet<>(state.sql()
                .select(REPOSITORY_REDIRECTS.REPOSITORY_ID)
                .from(REPOSITORY_REDIRECTS)
                .where(REPOSITORY_REDIRECTS.OWNER_LOGIN.eq(asked.owner().text()))
                .and(REPOSITORY_REDIRECTS.NAME.eq(asked.name()))
                .fetch(REPOSITORY_REDIRECTS.REPOSITORY_ID));
        String text = asked.toString();
        Set<Long> concerned = new HashSet<>(ids);
        state.undo()
                .each(
                        MysqlChangeQuery.from(text, ChangeKind.REPOSITORY_REDIRECT),
                        change -> concerned.add(change.getRepositoryId()));
        state.undo()
                .each(
                        MysqlChangeQuery.ofRepositories(concerned, ChangeKind.REPOSITORY_REDIRECT)
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
        boolean made = change.getKind() == ChangeKind.REPOSITORY;
        if (made && before.isEmpty()) {
            rows.remove(id);
            return;
        }
        Row row = made ? rows.computeIfAbsent(id, _ -> new Row()) : rows.get(id);
        if (row == null || before.isEmpty()) {
            return;
        }
        switch (change.getKind()) {
            case REPOSITORY_VISIBILITY -> row.visibility = before;
            case REPOSITORY_STATE -> row.state = before;
            default -> row.wasNamed(change);
        }
    }

    private static RecordedRepository owned(long id, Row row, RecordedAccount owner) {
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

    /** An organization's base permission concerns its own repositories only, so the kind of its owner decides. */
    public static boolean isOrganizations(Repository repository) {
        return repository.ownerKind() == Account.Kind.ORGANIZATION;
    }
}
