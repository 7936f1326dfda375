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
 * The roles that an account was granted on a repository, by each way but owning it, found in one query.
 *
 * @param grants of every way, in no order
 */
record MysqlGrantedRoles(List<Grant> grants) {
    private static final Field<Long> REACHED_ID = field(name("reached", "id"), Long.class);
    private static final Field<Long> REACHED_PARENT = field(name("reached", "parent_id"), Long.class);

    /** {@code MEMBER} is of the organization, {@code TEAM} of a team that the account is in or one that such a team is part of. */
    public enum Source {
        COLLABORATOR,
        MEMBER,
        TEAM
    }

    /** @param role as the database has it: {@code admin}; of members {@code owner} or {@code member} */
    public record Grant(Source source, String role) {}

    public MysqlGrantedRoles {
        grants = List.copyOf(grants);
    }

    /**
     * @param organization the repository's owner, or any id that no organization has
     * @throws org.jooq.exception.DataAccessException if the answer could not be had
     */
    public static MysqlGrantedRoles find(DSLContext sql, long account, long repository, long organization) {
        var reached = teamsWithAncestors(account, organization);
        return new MysqlGrantedRoles(sql.withRecursive(reached)
                .select(inline(Source.COLLABORATOR.name()), COLLABORATORS.ROLE)
                .from(COLLABORATORS)
                .where(COLLABORATORS.REPOSITORY_ID.eq(repository))
                .and(COLLABORATORS.ACCOUNT_ID.eq(account))
                .unionAll(select(inline(Source.MEMBER.name()), ORGANIZATION_MEMBERS.ROLE)
                        .from(ORGANIZATION_MEMBERS)
                        .where(ORGANIZATION_MEMBERS.ORGANIZATION_ID.eq(organization))
                        .and(ORGANIZATION_MEMBERS.ACCOUNT_ID.eq(account)))
                .unionAll(select(inline(Source.TEAM.name()), TEAM_REPOSITORIES.ROLE)
                        .from(reached)
                        .join(TEAM_REPOSITORIES)
                        .on(TEAM_REPOSITORIES.TEAM_ID.eq(REACHED_ID))
                        .and(TEAM_REPOSITORIES.REPOSITORY_ID.eq(repository)))
                .fetch(row -> new Grant(Source.valueOf(row.value1()), row.value2())));
    }

    /**
     * The account's teams in the organization, the teams that these are part of, and so on. UNION, not UNION ALL: a team that was
     * reached is not walked from again, so that the walk ends even where teams contain each other in a circle.
     */
    private static CommonTableExpression<Record2<Long, Long>> teamsWithAncestors(long account, long organization) {
        return name("reached")
                .fields("id", "parent_id")
                .as(select(TEAMS.ID, TEAMS.PARENT_ID)
                        .from(TEAM_MEMBERS)
                        .join(TEAMS)
                        .on(TEAMS.ID.eq(TEAM_MEMBERS.TEAM_ID))
                        .where(TEAM_MEMBERS.ACCOUNT_ID.eq(account))
                        .and(TEAMS.ORGANIZATION_ID.eq(organization))
                        .union(select(TEAMS.ID, TEAMS.PARENT_ID)
                                .from(table(name("reached")))
                                .join(TEAMS)
                                .on(TEAMS.ID.eq(REACHED_PARENT))
                                .where(TEAMS.ORGANIZATION_ID.eq(organization))));
    }

    /** The roles that were granted in one way. */
    public Stream<String> roles(Source way) {
        return grants.stream().filter(grant -> grant.source() == way).map(Grant::role);
    }
}
