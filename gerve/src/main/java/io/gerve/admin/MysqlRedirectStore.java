package io.gerve.admin;

import static io.gerve.sql.schema.Tables.REPOSITORY_REDIRECTS;

import io.gerve.git.RepositoryName;
import io.gerve.sql.ChangeKind;
import org.jooq.Condition;

/** Storage of redirects: former names by which repositories can still be found. */
final class MysqlRedirectStore {
    private MysqlRedirectStore() {}

    /**
     * Adds a redirect from the former name of a repository, and removes the redirects that either name had. A rename
     * that changes only the case of a name needs no redirect.
     */
    static void add(ChangeContext context, long id, RepositoryName before, RepositoryName after) {
        remove(context, after);
        if (before.equals(after)) {
            return;
        }
        remove(context, before);
        context.sql()
                .insertInto(REPOSITORY_REDIRECTS)
                .set(REPOSITORY_REDIRECTS.OWNER_LOGIN, before.owner().text())
                .set(REPOSITORY_REDIRECTS.NAME, before.name())
                .set(REPOSITORY_REDIRECTS.REPOSITORY_ID, id)
                .set(REPOSITORY_REDIRECTS.CREATED_AT, context.at())
                .execute();
        record(context, id, "", before.toString());
    }

    /** Removes the redirect of a name, because a repository now has that name. */
    static void remove(ChangeContext context, RepositoryName name) {
        remove(
                context,
                REPOSITORY_REDIRECTS
                        .OWNER_LOGIN
                        .eq(name.owner().text())
                        .and(REPOSITORY_REDIRECTS.NAME.eq(name.name())));
    }

    /** Removes all redirects of a repository before it is deleted. */
    static void removeAll(ChangeContext context, long repositoryId) {
        remove(context, REPOSITORY_REDIRECTS.REPOSITORY_ID.eq(repositoryId));
    }

    private static void remove(ChangeContext context, Condition condition) {
        var names = context.sql()
                .selectFrom(REPOSITORY_REDIRECTS)
                .where(condition)
                .forUpdate()
                .fetch();
        if (names.isNotEmpty()) {
            context.sql().deleteFrom(REPOSITORY_REDIRECTS).where(condition).execute();
            names.forEach(
                    name -> record(context, name.getRepositoryId(), name.getOwnerLogin() + "/" + name.getName(), ""));
        }
    }

    private static void record(ChangeContext context, long repositoryId, String before, String after) {
        context.recordChange(ChangeKind.REPOSITORY_REDIRECT, change -> {
            change.setRepositoryId(repositoryId);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
    }
}
