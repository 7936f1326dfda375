package io.gerve.audit.access;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.COLLABORATORS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.ORGANIZATION_MEMBERS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.TEAMS;
import static io.gerve.sql.schema.Tables.TEAM_MEMBERS;
import static io.gerve.sql.schema.Tables.TEAM_REPOSITORIES;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectDistinct;

import io.gerve.access.Repository;
import io.gerve.audit.snapshot.MysqlChangeQuery;
import io.gerve.audit.snapshot.MysqlSnapshotFacts;
import io.gerve.audit.snapshot.MysqlSnapshotRepositories;
import io.gerve.sql.ChangeKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.TableField;

/**
 * Candidate pairs of principals and repositories, as pages of ids in ascending order that begin after an id. Candidates
 * include every actual relation and some that do not hold: those that were lost after the audited time are among them.
 * Each page is one or two ranges of an index.
 */
public final class MysqlCandidates {
    /** Must be below 1000: MariaDB joins longer lists as tables and then uses no index range on two columns. */
    public static final int PAGE = 500;

    private static final Field<Long> ID = field(name("candidate"), Long.class);

    private final MysqlSnapshotFacts state;

    MysqlCandidates(MysqlSnapshotFacts state) {
        this.state = state;
    }

    /** One of several queries whose results may overlap. */
    private interface Source {
        /** Returns the lowest ids greater than {@code last} and not greater than {@code to}. */
        Select<Record1<Long>> between(long last, long to);
    }

    /**
     * Returns accounts that may have a right to the repository.
     *
     * @param asOwned the repository, once for each owner that it had
     */
    Results<List<Long>> accounts(Collection<Repository> asOwned, long last) {
        List<Source> sources = new ArrayList<>();
        asOwned.forEach(repository -> accounts(sources, repository));
        return pages(sources, last);
    }

    private void accounts(List<Source> sources, Repository repository) {
        sources.add(column(
                COLLABORATORS.forceIndex("PRIMARY"),
                COLLABORATORS.ACCOUNT_ID,
                COLLABORATORS.REPOSITORY_ID.eq(repository.id())));
        changed(
                sources,
                GRANT_CHANGES.ACCOUNT_ID,
                MysqlChangeQuery.ofRepositories(List.of(repository.id()), ChangeKind.COLLABORATOR));
        if (MysqlSnapshotRepositories.isOwnedByOrganization(repository)) {
            organization(sources, repository.ownerId());
        } else {
            sources.add(column(ACCOUNTS.forceIndex("PRIMARY"), ACCOUNTS.ID, ACCOUNTS.ID.eq(repository.ownerId())));
        }
    }

    private void organization(List<Source> sources, long organization) {
        sources.add(column(
                ORGANIZATION_MEMBERS.forceIndex("PRIMARY"),
                ORGANIZATION_MEMBERS.ACCOUNT_ID,
                ORGANIZATION_MEMBERS.ORGANIZATION_ID.eq(organization)));
        for (ChangeKind kind : List.of(ChangeKind.ORGANIZATION_MEMBER, ChangeKind.TEAM_MEMBER)) {
            changed(sources, GRANT_CHANGES.ACCOUNT_ID, MysqlChangeQuery.ofOrganizations(List.of(organization), kind));
        }
        sources.add(inTeamsOnly(organization, teams(organization)));
    }

    private List<Long> teams(long organization) {
        return state.sql()
                .select(TEAMS.ID)
                .from(TEAMS)
                .where(TEAMS.ORGANIZATION_ID.eq(organization))
                .fetch(TEAMS.ID);
    }

    /**
     * Finds accounts in teams of an organization of which they are not members. Gerve does not create such rows, so
     * there are few.
     */
    private static Source inTeamsOnly(long organization, List<Long> teams) {
        return (last, to) -> selectDistinct(TEAM_MEMBERS.ACCOUNT_ID.as(ID))
                .from(TEAM_MEMBERS)
                .leftJoin(ORGANIZATION_MEMBERS)
                .on(ORGANIZATION_MEMBERS.ORGANIZATION_ID.eq(organization))
                .and(ORGANIZATION_MEMBERS.ACCOUNT_ID.eq(TEAM_MEMBERS.ACCOUNT_ID))
                .where(TEAM_MEMBERS.TEAM_ID.in(teams))
                .and(isBetween(TEAM_MEMBERS.ACCOUNT_ID, last, to))
                .and(ORGANIZATION_MEMBERS.ACCOUNT_ID.isNull())
                .orderBy(ID)
                .limit(PAGE);
    }

    /** Returns accounts that may be direct members of one of the teams. */
    Results<List<Long>> members(Collection<Long> teams, long last) {
        List<Source> sources = new ArrayList<>();
        for (long team : teams) {
            sources.add(
                    column(TEAM_MEMBERS.forceIndex("PRIMARY"), TEAM_MEMBERS.ACCOUNT_ID, TEAM_MEMBERS.TEAM_ID.eq(team)));
        }
        changed(sources, GRANT_CHANGES.ACCOUNT_ID, MysqlChangeQuery.ofTeams(teams, ChangeKind.TEAM_MEMBER));
        return pages(sources, last);
    }

    /** Returns repositories of which the account may be a collaborator. */
    Results<List<Long>> collaborations(long account, long last) {
        return repositories(
                last,
                column(
                        COLLABORATORS.forceIndex("collaborators_of_account"),
                        COLLABORATORS.REPOSITORY_ID,
                        COLLABORATORS.ACCOUNT_ID.eq(account)),
                MysqlChangeQuery.ofAccounts(List.of(account), ChangeKind.COLLABORATOR));
    }

    /** Returns repositories for which the team may have a role. */
    Results<List<Long>> ofTeam(long team, long last) {
        return repositories(
                last,
                column(
                        TEAM_REPOSITORIES.forceIndex("team_repositories_of_team"),
                        TEAM_REPOSITORIES.REPOSITORY_ID,
                        TEAM_REPOSITORIES.TEAM_ID.eq(team)),
                MysqlChangeQuery.ofTeams(List.of(team), ChangeKind.TEAM_REPOSITORY));
    }

    /** Returns repositories that the owner may have. */
    Results<List<Long>> ownedBy(long owner, long last) {
        return repositories(
                last,
                column(
                        REPOSITORIES.forceIndex("repositories_of_owner"),
                        REPOSITORIES.ID,
                        REPOSITORIES.OWNER_ID.eq(owner)),
                MysqlChangeQuery.ofAccounts(List.of(owner), ChangeKind.REPOSITORY),
                MysqlChangeQuery.ofAccounts(List.of(owner), ChangeKind.REPOSITORY_NAME));
    }

    /** Returns repositories that may be public. */
    Results<List<Long>> publicRepositories(long last) {
        return repositories(
                last,
                column(
                        REPOSITORIES.forceIndex("repositories_visibility"),
                        REPOSITORIES.ID,
                        REPOSITORIES.VISIBILITY.eq("public")),
                MysqlChangeQuery.of(GRANT_CHANGES.KIND.eq(ChangeKind.REPOSITORY_VISIBILITY)));
    }

    /** Combines the current repositories with those that changed since the audited time. */
    private Results<List<Long>> repositories(long last, Source now, MysqlChangeQuery... since) {
        List<Source> sources = new ArrayList<>(List.of(now));
        for (MysqlChangeQuery changes : since) {
            changed(sources, GRANT_CHANGES.REPOSITORY_ID, changes);
        }
        return pages(sources, last);
    }

    /**
     * Returns organizations with a team of which the account is a member, even if it is not a member of the
     * organization.
     */
    List<Long> organizationsOfTeamsOf(long account) {
        var ids = new TreeSet<>(state.sql()
                .selectDistinct(TEAMS.ORGANIZATION_ID)
                .from(TEAM_MEMBERS)
                .join(TEAMS)
                .on(TEAMS.ID.eq(TEAM_MEMBERS.TEAM_ID))
                .where(TEAM_MEMBERS.ACCOUNT_ID.eq(account))
                .fetch(TEAMS.ORGANIZATION_ID));
        state.undo()
                .each(
                        MysqlChangeQuery.ofAccounts(List.of(account), ChangeKind.TEAM_MEMBER),
                        change -> ids.add(change.getOrganizationId()));
        return List.copyOf(ids);
    }

    private static Condition isBetween(Field<Long> id, long last, long to) {
        return id.gt(last).and(id.le(to));
    }

    /**
     * Returns a query for a column of ids.
     *
     * @param table the table with a forced index that both finds and orders the ids. An index that only orders them
     *     might be read for a long time before a page is full
     */
    private static Source column(Table<?> table, TableField<?, Long> id, Condition condition) {
        return (last, to) -> select(id.as(ID))
                .from(table)
                .where(condition)
                .and(isBetween(id, last, to))
                .orderBy(id)
                .limit(PAGE);
    }

    private void changed(List<Source> sources, TableField<?, Long> id, MysqlChangeQuery changes) {
        Instant at = state.undo().at();
        if (!state.undo().isNow()) {
            sources.add((last, to) -> selectDistinct(id.as(ID))
                    .from(changes.table())
                    .where(changes.condition())
                    .and(GRANT_CHANGES.CHANGED_AT.gt(at))
                    .and(isBetween(id, last, to))
                    .orderBy(ID)
                    .limit(PAGE));
        }
    }

    /**
     * Returns pages of the lowest distinct ids of all sources. Each later source is queried only up to the highest id
     * that can still be on the page.
     */
    private Results<List<Long>> pages(List<Source> sources, long start) {
        return Results.inPages(PAGE, start, id -> id, last -> {
            var ids = new TreeSet<Long>();
            for (Source source : sources) {
                long to = ids.size() < PAGE ? Long.MAX_VALUE : ids.last();
                ids.addAll(state.sql().fetch(source.between(last, to)).getValues(ID));
                while (ids.size() > PAGE) {
                    ids.pollLast();
                }
            }
            return List.copyOf(ids);
        });
    }
}
