package io.gerve.audit;

import static io.gerve.sql.schema.Tables.GRANT_CHANGES;

import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import java.util.Collection;
import java.util.List;
import org.jooq.Condition;
import org.jooq.Table;

/**
 * Some of the recorded changes, of kinds and mostly of something. Which index leads to them is named: a database may weigh the one by time, or by
 * the numbers of changes, against it, and read all that there is of a repository that changed a lot.
 */
record MysqlChanges(Table<GrantChangesRecord> table, Condition which) {
    static MysqlChanges ofAccounts(Collection<Long> accounts, String... kinds) {
        return by("account", GRANT_CHANGES.ACCOUNT_ID.in(accounts), kinds);
    }

    static MysqlChanges ofRepositories(Collection<Long> repositories, String... kinds) {
        return by("repository", GRANT_CHANGES.REPOSITORY_ID.in(repositories), kinds);
    }

    static MysqlChanges ofTeams(Collection<Long> teams, String... kinds) {
        return by("team", GRANT_CHANGES.TEAM_ID.in(teams), kinds);
    }

    static MysqlChanges ofOrganizations(Collection<Long> organizations, String... kinds) {
        return by("organization", GRANT_CHANGES.ORGANIZATION_ID.in(organizations), kinds);
    }

    /** By what was so before them. */
    static MysqlChanges from(String value, String... kinds) {
        return new MysqlChanges(
                GRANT_CHANGES.forceIndex("grant_changes_before"),
                GRANT_CHANGES.BEFORE_VALUE.eq(value).and(GRANT_CHANGES.KIND.in(List.of(kinds))));
    }

    /** By whatever index the database thinks best. */
    static MysqlChanges of(Condition which) {
        return new MysqlChanges(GRANT_CHANGES, which);
    }

    MysqlChanges and(Condition more) {
        return new MysqlChanges(table, which.and(more));
    }

    private static MysqlChanges by(String subject, Condition which, String... kinds) {
        return new MysqlChanges(
                GRANT_CHANGES.forceIndex("grant_changes_of_" + subject + "_kind"),
                which.and(GRANT_CHANGES.KIND.in(List.of(kinds))));
    }
}
