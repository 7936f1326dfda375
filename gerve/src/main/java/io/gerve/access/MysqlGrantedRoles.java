package io.gerve.access;

import static io.gerve.sql.schema.Tables.COLLABORATORS;
import static io.gerve.sql.schema.Tables.ORGANIZATION_MEMBERS;
import static io.gerve.sql.schema.Tables.TEAMS;
import static io.gerve.sql.schema.Tables.TEAM_MEMBERS;
import static io.gerve.sql.schema.Tables.TEAM_REPOSITORIES;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;

import java.util.List;
import java.util.stream.Stream;
import org.jooq.CommonTableExpression;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record2;

/**
 * Roles that an account was granted on a repository by every path except ownership, found in one query.
 *
 * @param grants grants of all paths, in no particular order
 */
record MysqlGrantedRoles(List<Grant> grants) {
    private static final Field<Long> EFFECTIVE_TEAM_ID = field(name("effective_teams", "id"), Long.class);
    private static final Field<Long> EFFECTIVE_TEAM_PARENT = field(name("effective_teams", "parent_id"), Long.class);

    /**
     * Path of a grant. {@code MEMBER}: membership of the organization. {@code TEAM}: a team of the account, or an
     * ancestor of such a team.
     */
    public enum Source {
        COLLABORATOR,
        MEMBER,
        TEAM
    }

    /** @param role as stored: {@code admin}; for {@code MEMBER}, {@code owner} or {@code member} */
    public record Grant(Source source, String role) {}

    public MysqlGrantedRoles {
        grants = List.copyOf(grants);
    }

    /**
     * Finds the grants of the account on the repository.
     *
     * @param organization owner of the repository, or an id that no organization has
     * @throws org.jooq.exception.DataAccessException if the query failed
     */
    public static MysqlGrantedRoles find(DSLContext sql, long account, long repository, long organization) {
        var effectiveTeams = teamsWithAncestors(account, organization);
        return new MysqlGrantedRoles(sql.withRecursive(effectiveTeams)
                .select(inline(Source.COLLABORATOR.name()), COLLABORATORS.ROLE)
                .from(COLLABORATORS)
                .where(COLLABORATORS.REPOSITORY_ID.eq(repository))
                .and(COLLABORATORS.ACCOUNT_ID.eq(account))
                .unionAll(select(inline(Source.MEMBER.name()), ORGANIZATION_MEMBERS.ROLE)
                        .from(ORGANIZATION_MEMBERS)
                        .where(ORGANIZATION_MEMBERS.ORGANIZATION_ID.eq(organization))
                        .and(ORGANIZATION_MEMBERS.ACCOUNT_ID.eq(account)))
                .unionAll(select(inline(Source.TEAM.name()), TEAM_REPOSITORIES.ROLE)
                        .from(effectiveTeams)
                        .join(TEAM_REPOSITORIES)
                        .on(TEAM_REPOSITORIES.TEAM_ID.eq(EFFECTIVE_TEAM_ID))
                        .and(TEAM_REPOSITORIES.REPOSITORY_ID.eq(repository)))
                .fetch(row -> new Grant(Source.valueOf(row.value1()), row.value2())));
    }

    /**
     * Returns a query for the teams of the account in the organization and all their ancestors. UNION, not UNION ALL,
     * skips a team that was already found, so that the recursion ends even if teams contain each other in a cycle.
     */
    private static CommonTableExpression<Record2<Long, Long>> teamsWithAncestors(long account, long organization) {
        return name("effective_teams")
                .fields("id", "parent_id")
                .as(select(TEAMS.ID, TEAMS.PARENT_ID)
                        .from(TEAM_MEMBERS)
                        .join(TEAMS)
                        .on(TEAMS.ID.eq(TEAM_MEMBERS.TEAM_ID))
                        .where(TEAM_MEMBERS.ACCOUNT_ID.eq(account))
                        .and(TEAMS.ORGANIZATION_ID.eq(organization))
                        .union(select(TEAMS.ID, TEAMS.PARENT_ID)
                                .from(table(name("effective_teams")))
                                .join(TEAMS)
                                .on(TEAMS.ID.eq(EFFECTIVE_TEAM_PARENT))
                                .where(TEAMS.ORGANIZATION_ID.eq(organization))));
    }

    /** Returns the roles that were granted by one path. */
    public Stream<String> roles(Source source) {
        return grants.stream().filter(grant -> grant.source() == source).map(Grant::role);
    }
}
