package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.REPOSITORY_REDIRECTS;

import io.gerve.access.Repository;
import io.gerve.access.Role;
import io.gerve.audit.Recorded.Holder;
import io.gerve.audit.Recorded.Owned;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.key.Account;
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
final class MysqlRepositoryState {
    private static final String[] KINDS = {"repository", "repository-name", "visibility", "repository-state"};

    private final MysqlState state;

    MysqlRepositoryState(MysqlState state) {
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
            name = MysqlUndo.before(change).substring(MysqlUndo.before(change).indexOf('/') + 1);
        }
    }

    /** Those of the repositories that there are, or were. */
    Map<Long, Owned> repositories(Collection<Long> ids) {
        Map<Long, Row> rows = new HashMap<>();
        state.sql()
                .selectFrom(REPOSITORIES)
                .where(REPOSITORIES.ID.in(ids))
                .forEach(row -> rows.put(row.getId(), Row.of(row)));
        state.undo().each(MysqlChanges.ofRepositories(ids, KINDS), change -> undo(rows, change));
        Map<Long, Holder> owners =
                state.accounts(rows.values().stream().map(row -> row.ownerId).collect(Collectors.toSet()));
        Map<Long, Owned> found = new HashMap<>();
        rows.forEach((id, row) ->
                Optional.ofNullable(owners.get(row.ownerId)).ifPresent(owner -> found.put(id, owned(id, row, owner))));
        return found;
    }

    /** Finds a repository by its name or, if none has it, by one that it had before. */
    Optional<Owned> named(RepositoryName asked) {
        Set<Long> byName = new HashSet<>(presentlyNamed(asked));
        Set<Long> byFormerName = new HashSet<>(redirected(asked));
        state.undo()
                .each(
                        MysqlChanges.from(asked.toString(), "repository", "repository-name"),
                        change -> byName.add(change.getRepositoryId()));
        var all = new HashSet<>(byName);
        all.addAll(byFormerName);
        Map<Long, Owned> found = repositories(all);
        return found.values().stream()
                .filter(owned -> owned.repository().name().equals(asked))
                .findFirst()
                .or(() -> found.values().stream()
                        .filter(owned ->
                                byFormerName.contains(owned.repository().id()))
                        .findFirst());
    }

    private List<Long> presentlyNamed(RepositoryName asked) {
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
    private Set<Long> redirected(RepositoryName asked) {
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
                        MysqlChanges.from(text, "repository-redirect"),
                        change -> concerned.add(change.getRepositoryId()));
        state.undo()
                .each(
                        MysqlChanges.ofRepositories(concerned, "repository-redirect")
                                .and(GRANT_CHANGES.BEFORE_VALUE.eq(text).or(GRANT_CHANGES.AFTER_VALUE.eq(text))),
                        change -> {
                            if (MysqlUndo.before(change).isEmpty()) {
                                ids.remove(change.getRepositoryId());
                            } else {
                                ids.add(change.getRepositoryId());
                            }
                        });
        return ids;
    }

    private static void undo(Map<Long, Row> rows, GrantChangesRecord change) {
        long id = change.getRepositoryId();
        String before = MysqlUndo.before(change);
        boolean made = change.getKind().equals("repository");
        if (made && before.isEmpty()) {
            rows.remove(id);
            return;
        }
        Row row = made ? rows.computeIfAbsent(id, _ -> new Row()) : rows.get(id);
        if (row == null || before.isEmpty()) {
            return;
        }
        switch (change.getKind()) {
            case "visibility" -> row.visibility = before;
            case "repository-state" -> row.state = before;
            default -> row.wasNamed(change);
        }
    }

    private static Owned owned(long id, Row row, Holder owner) {
        var repository = new Repository(
                id,
                row.ownerId,
                owner.account().kind(),
                switch (owner.account().kind()) {
                    case USER -> Role.NONE;
                    case ORGANIZATION -> owner.basePermission();
                },
                new RepositoryName(owner.account().login(), row.name),
                MysqlState.constant(Repository.Visibility.class, row.visibility),
                MysqlState.constant(Repository.State.class, MysqlState.firstWord(row.state)),
                MysqlState.afterFirstWord(row.state));
        return new Owned(repository, owner.account());
    }

    /** An organization's base permission concerns its own repositories only, so the kind of its owner decides. */
    static boolean isOrganizations(Repository repository) {
        return repository.ownerKind() == Account.Kind.ORGANIZATION;
    }
}
