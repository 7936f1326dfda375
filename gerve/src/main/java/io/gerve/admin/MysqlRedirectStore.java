package io.gerve.admin;

import static io.gerve.sql.schema.Tables.REPOSITORY_REDIRECTS;

import io.gerve.git.RepositoryName;
import io.gerve.sql.ChangeKind;
import org.jooq.Condition;

/** The names that repositories had before and are still found by. */
final class MysqlRedirectStore {
    private MysqlRedirectStore() {}

    /** Has a repository found by the name that it has no more. */
    static void add(ChangeContext entry, long id, RepositoryName before, RepositoryName after) {
        remove(entry, after);
        if (before.equals(after)) {
            return;
        }
        remove(entry, before);
        entry.sql()
                .insertInto(REPOSITORY_REDIRECTS)
                .set(REPOSITORY_REDIRECTS.OWNER_LOGIN, before.owner().text())
                .set(REPOSITORY_REDIRECTS.NAME, before.name())
                .set(REPOSITORY_REDIRECTS.REPOSITORY_ID, id)
                .set(REPOSITORY_REDIRECTS.CREATED_AT, entry.at())
                .execute();
        record(entry, id, "", before.toString());
    }

    /** Whoever has a name now wins over who had it before. */
    static void remove(ChangeContext entry, RepositoryName name) {
        remove(
                entry,
                REPOSITORY_REDIRECTS
                        .OWNER_LOGIN
                        .eq(name.owner().text())
                        .and(REPOSITORY_REDIRECTS.NAME.eq(name.name())));
    }

    /** Of a repository that is going to be deleted. */
    static void removeAll(ChangeContext entry, long repositoryId) {
        remove(entry, REPOSITORY_REDIRECTS.REPOSITORY_ID.eq(repositoryId));
    }

    private static void remove(ChangeContext entry, Condition which) {
        var names = entry.sql()
                .selectFrom(REPOSITORY_REDIRECTS)
                .where(which)
                .forUpdate()
                .fetch();
        if (names.isNotEmpty()) {
            entry.sql().deleteFrom(REPOSITORY_REDIRECTS).where(which).execute();
            names.forEach(
                    name -> record(entry, name.getRepositoryId(), name.getOwnerLogin() + "/" + name.getName(), ""));
        }
    }

    private static void record(ChangeContext entry, long repositoryId, String before, String after) {
        entry.recordChange(ChangeKind.REPOSITORY_REDIRECT, change -> {
            change.setRepositoryId(repositoryId);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
    }
}
