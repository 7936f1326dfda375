package io.gerve.audit.snapshot;

import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;

import io.gerve.access.Role;
import io.gerve.audit.snapshot.SnapshotRows.Pair;
import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jooq.Condition;

/** The rights of deploy keys, now or at a past time. */
public final class MysqlDeployKeyRights {
    private static final ChangeKind[] KINDS = {ChangeKind.KEY_ADDED, ChangeKind.KEY_DELETED, ChangeKind.DEPLOY_KEY};

    private final MysqlSnapshotFacts state;

    public MysqlDeployKeyRights(MysqlSnapshotFacts state) {
        this.state = state;
    }

    /** Returns the rights of a key, by repository. */
    public Map<Long, Role> ofKey(long key) {
        Map<Long, Role> rights = new HashMap<>();
        find(
                        DEPLOY_KEY_REPOSITORIES.KEY_ID.eq(key),
                        MysqlChangeQuery.of(GRANT_CHANGES.KEY_ID.eq(key).and(GRANT_CHANGES.KIND.in(KINDS))))
                .forEach((pair, role) -> rights.put(pair.other(), role));
        return rights;
    }

    /** Returns the rights to a repository, by key. */
    public Map<Long, Role> ofRepository(long repository) {
        Map<Long, Role> rights = new HashMap<>();
        find(
                        DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID.eq(repository),
                        MysqlChangeQuery.ofRepositories(List.of(repository), KINDS))
                .forEach((pair, role) -> rights.put(pair.one(), role));
        return rights;
    }

    private Map<Pair, Role> find(Condition present, MysqlChangeQuery changed) {
        Map<Pair, Role> rights = new HashMap<>();
        state.sql()
                .selectFrom(DEPLOY_KEY_REPOSITORIES)
                .where(present)
                .forEach(row -> rights.put(
                        new Pair(row.getKeyId(), row.getRepositoryId()), row.getReadOnly() ? Role.READ : Role.WRITE));
        state.undo()
                .each(
                        changed.and(GRANT_CHANGES.KEY_ID.isNotNull()).and(GRANT_CHANGES.REPOSITORY_ID.isNotNull()),
                        change -> undo(rights, change));
        return rights;
    }

    /** Undoes one change. Its values are the fingerprint and {@code read_only} or {@code read_write}. */
    private static void undo(Map<Pair, Role> rights, GrantChangesRecord change) {
        var pair = new Pair(change.getKeyId(), change.getRepositoryId());
        String before = Objects.requireNonNullElse(change.getBeforeValue(), "");
        if (before.isEmpty()) {
            rights.remove(pair);
        } else {
            rights.put(pair, before.endsWith("read_only") ? Role.READ : Role.WRITE);
        }
    }
}
