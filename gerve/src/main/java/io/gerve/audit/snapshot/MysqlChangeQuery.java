package io.gerve.audit.snapshot;

import static io.gerve.sql.schema.Tables.GRANT_CHANGES;

import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import java.util.Collection;
import java.util.List;
import org.jooq.Condition;
import org.jooq.Table;

/**
 * Some of the recorded changes, of kinds and mostly of something. Which index leads to them is named: a database may weigh the one by time, or by
 * the numbers of changes, against it, and read all that there is of a repository that changed a lot.
 */
public record MysqlChangeQuery(Table<GrantChangesRecord> table, Condition which) {
    public static MysqlChangeQuery ofAccounts(Collection<Long> accounts, ChangeKind... kinds) {
        return by("account", GRANT_CHANGES.ACCOUNT_ID.in(accounts), kinds);
    }

    public static MysqlChangeQuery ofRepositories(Collection<Long> repositories, ChangeKind... kinds) {
        return by("repository", GRANT_CHANGES.REPOSITORY_ID.in(repositories), kinds);
    }

    public static MysqlChangeQuery ofTeams(Collection<Long> teams, ChangeKind... kinds) {
        return by("team", GRANT_CHANGES.TEAM_ID.in(teams), kinds);
    }

    public static MysqlChangeQuery ofOrganizations(Collection<Long> organizations, ChangeKind... kinds) {
        return by("organization", GRANT_CHANGES.ORGANIZATION_ID.in(organizations), kinds);
    }

    /** By what was so before them. */
    static MysqlChangeQuery from(String value, ChangeKind... kinds) {
        return new MysqlChangeQuery(
                GRANT_CHANGES.forceIndex("grant_changes_before"),
                GRANT_CHANGES.BEFORE_VALUE.eq(value).and(GRANT_CHANGES.KIND.in(List.of(kinds))));
    }

    /** By whatever index the database thinks best. */
    public static MysqlChangeQuery of(Condition which) {
        return new MysqlChangeQuery(GRANT_CHANGES, which);
    }

    MysqlChangeQuery and(Condition more) {
        return new MysqlChangeQuery(table, which.and(more));
    }

    private static MysqlChangeQuery by(String subject, Condition which, ChangeKind... kinds) {
        return new MysqlChangeQuery(
                GRANT_CHANGES.forceIndex("grant_changes_of_" + subject + "_kind"),
                which.and(GRANT_CHANGES.KIND.in(List.of(kinds))));
    }
}
