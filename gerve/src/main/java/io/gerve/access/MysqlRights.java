package io.gerve.access;

import static io.gerve.sql.schema.Tables.COLLABORATORS;
import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.ORGANIZATION_MEMBERS;
import static io.gerve.sql.schema.Tables.TEAMS;
import static io.gerve.sql.schema.Tables.TEAM_MEMBERS;
import static io.gerve.sql.schema.Tables.TEAM_REPOSITORIES;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;

import java.util.Locale;
import org.jooq.CommonTableExpression;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record2;
import org.jooq.Result;

/** Finds what somebody was granted on a repository: no query for its owner, one for everybody else. */
final class MysqlRights {
    /** Ids count from 1, so that a query for this one does its work and finds nothing. */
    private static final long NO_ID = 0;

    private static final String COLLABORATOR = "collaborator";
    private static final String MEMBER = "member";
    private static final String TEAM = "team";
    private static final Field<Long> REACHED_ID = field(name("reached", "id"), Long.class);
    private static final Field<Long> REACHED_PARENT = field(name("reached", "parent_id"), Long.class);

    private final DSLContext database;

    MysqlRights(DSLContext database) {
        this.database = database;
    }

    Rights of(Asker asker, Repository repository) {
        return switch (asker) {
            case Asker.OfAccount(var account) ->
                account == repository.ownerId()
                        ? new Rights.Owner()
                        : granted(account, repository.id(), organizationOwning(repository));
            case Asker.OfDeployKey(var key) -> deployKey(key, repository.id());
        };
    }

    /** Asks what {@link #of} asks, of a repository that is not there: who measures how long it takes learns nothing from it. */
    void ofNobody(Asker asker) {
        switch (asker) {
            case Asker.OfAccount(var account) -> granted(account, NO_ID, NO_ID);
            case Asker.OfDeployKey(var key) -> deployKey(key, NO_ID);
        }
    }

    private static long organizationOwning(Repository repository) {
        return switch (repository.ownerKind()) {
            case USER -> NO_ID;
            case ORGANIZATION -> repository.ownerId();
        };
    }

    private Rights granted(long account, long repository, long organization) {
        var reached = teamsReached(account, organization);
        Result<Record2<String, String>> rows = database.withRecursive(reached)
                .select(inline(COLLABORATOR), COLLABORATORS.ROLE)
                .from(COLLABORATORS)
                .where(COLLABORATORS.REPOSITORY_ID.eq(repository))
                .and(COLLABORATORS.ACCOUNT_ID.eq(account))
                .unionAll(select(inline(MEMBER), ORGANIZATION_MEMBERS.ROLE)
                        .from(ORGANIZATION_MEMBERS)
                        .where(ORGANIZATION_MEMBERS.ORGANIZATION_ID.eq(organization))
                        .and(ORGANIZATION_MEMBERS.ACCOUNT_ID.eq(account)))
                .unionAll(select(inline(TEAM), TEAM_REPOSITORIES.ROLE)
                        .from(reached)
                        .join(TEAM_REPOSITORIES)
                        .on(TEAM_REPOSITORIES.TEAM_ID.eq(REACHED_ID))
                        .and(TEAM_REPOSITORIES.REPOSITORY_ID.eq(repository)))
                .fetch();
        return new Rights.Granted(highest(COLLABORATOR, rows), membership(rows), highest(TEAM, rows));
    }

    /**
     * The account's teams in the organization, the teams that these are part of, and so on. UNION, not UNION ALL: a team that was
     * reached is not walked from again, so that the walk ends even where teams contain each other in a circle.
     */
    private static CommonTableExpression<Record2<Long, Long>> teamsReached(long account, long organization) {
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

    private static Role highest(String source, Result<Record2<String, String>> rows) {
        return rows.stream()
                .filter(row -> row.value1().equals(source))
                .map(row -> Role.valueOf(row.value2().toUpperCase(Locale.ROOT)))
                .reduce(Role.NONE, (one, other) -> one.includes(other) ? one : other);
    }

    private static Rights.Membership membership(Result<Record2<String, String>> rows) {
        return rows.stream()
                .filter(row -> row.value1().equals(MEMBER))
                .map(row -> Rights.Membership.valueOf(row.value2().toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElse(Rights.Membership.NONE);
    }

    private Rights deployKey(long key, long repository) {
        return database.select(DEPLOY_KEY_REPOSITORIES.READ_ONLY)
                .from(DEPLOY_KEY_REPOSITORIES)
                .where(DEPLOY_KEY_REPOSITORIES.KEY_ID.eq(key))
                .and(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID.eq(repository))
                .fetchOptional(DEPLOY_KEY_REPOSITORIES.READ_ONLY)
                .map(readOnly -> new Rights.DeployKey(readOnly ? Role.READ : Role.WRITE))
                .orElse(new Rights.DeployKey(Role.NONE));
    }
}
