package io.gerve.audit.snapshot;

import static io.gerve.sql.schema.Tables.GRANT_CHANGES;

import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import java.util.Collection;
import java.util.List;
import org.jooq.Condition;
import org.jooq.Table;

/**
 * A query for recorded changes of certain kinds, mostly of certain subjects. The index is forced: the database may
 * otherwise choose the one by time or by id and read every change of a repository that changed often.
 */
public record MysqlChangeQuery(Table<GrantChangesRecord> table, Condition condition) {
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

    /** Selects changes by their value before. */
    static MysqlChangeQuery from(String value, ChangeKind... kinds) {
        return new MysqlChangeQuery(
                GRANT_CHANGES.forceIndex("grant_changes_before"),
                GRANT_CHANGES.BEFORE_VALUE.eq(value).and(GRANT_CHANGES.KIND.in(List.of(kinds))));
    }

    /** Selects changes by an index that the database chooses. */
    public static MysqlChangeQuery of(Condition condition) {
        return new MysqlChangeQuery(GRANT_CHANGES, condition);
    }

    MysqlChangeQuery and(Condition more) {
        return new MysqlChangeQuery(table, condition.and(more));
    }

    private static MysqlChangeQuery by(String subject, Condition condition, ChangeKind... kinds) {
        return new MysqlChangeQuery(
                GRANT_CHANGES.forceIndex("grant_changes_of_" + subject + "_kind"),
                condition.and(GRANT_CHANGES.KIND.in(List.of(kinds))));
    }
}
