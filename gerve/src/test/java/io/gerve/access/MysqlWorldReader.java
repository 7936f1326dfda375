package io.gerve.access;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.COLLABORATORS;
import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.ORGANIZATION_MEMBERS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.REPOSITORY_REDIRECTS;
import static io.gerve.sql.schema.Tables.SITE;
import static io.gerve.sql.schema.Tables.TEAMS;
import static io.gerve.sql.schema.Tables.TEAM_MEMBERS;
import static io.gerve.sql.schema.Tables.TEAM_REPOSITORIES;

import io.gerve.keylookup.directory.RegisteredKey;
import java.util.List;
import java.util.Locale;
import org.jooq.DSLContext;

/** Reader of a {@link World} from the tables, with the changes made since it was written. */
public record MysqlWorldReader(DSLContext sql, long number, List<RegisteredKey> keys) {
    public World read() {
        var people = sql.selectFrom(ACCOUNTS)
                .where(ACCOUNTS.ID.between(number * 100, number * 100 + 99))
                .orderBy(ACCOUNTS.ID)
                .fetch(row -> new World.Person(
                        row.getId(),
                        row.getLogin(),
                        row.getKind().equals("organization"),
                        constant(Role.class, row.getBasePermission()),
                        row.getSuspendedAt() != null));
        var ids = people.stream().map(World.Person::id).toList();
        var repositories = sql.selectFrom(REPOSITORIES)
                .where(REPOSITORIES.OWNER_ID.in(ids))
                .fetch(row -> new World.Repo(
                        row.getId(),
                        row.getOwnerId(),
                        row.getName(),
                        constant(Repository.Visibility.class, row.getVisibility()),
                        constant(Repository.State.class, row.getState())));
        var repositoryIds = repositories.stream().map(World.Repo::id).toList();
        return new World(
                people,
                sql.selectFrom(ORGANIZATION_MEMBERS)
                        .where(ORGANIZATION_MEMBERS.ORGANIZATION_ID.in(ids))
                        .fetch(row -> new World.Member(
                                row.getOrganizationId(),
                                row.getAccountId(),
                                row.getRole().equals("owner"))),
                teams(ids),
                sql.selectFrom(TEAM_REPOSITORIES)
                        .where(TEAM_REPOSITORIES.REPOSITORY_ID.in(repositoryIds))
                        .fetch(row -> new World.TeamRole(
                                row.getTeamId(), row.getRepositoryId(), constant(Role.class, row.getRole()))),
                repositories,
                sql.selectFrom(REPOSITORY_REDIRECTS)
                        .where(REPOSITORY_REDIRECTS.REPOSITORY_ID.in(repositoryIds))
                        .fetch(row -> new World.Former(row.getOwnerLogin(), row.getName(), row.getRepositoryId())),
                sql.selectFrom(COLLABORATORS)
                        .where(COLLABORATORS.REPOSITORY_ID.in(repositoryIds))
                        .fetch(row -> new World.Collaborator(
                                row.getRepositoryId(), row.getAccountId(), constant(Role.class, row.getRole()))),
                sql.selectFrom(DEPLOY_KEY_REPOSITORIES)
                        .where(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID.in(repositoryIds))
                        .fetch(row -> new World.DeployRight(row.getKeyId(), row.getRepositoryId(), row.getReadOnly())),
                keys,
                sql.select(SITE.READ_ONLY_REASON).from(SITE).fetchOne(SITE.READ_ONLY_REASON) != null);
    }

    private List<World.Team> teams(List<Long> organizations) {
        return sql.selectFrom(TEAMS)
                .where(TEAMS.ORGANIZATION_ID.in(organizations))
                .fetch(row -> new World.Team(
                        row.getId(),
                        row.getOrganizationId(),
                        row.getParentId() == null ? row.getId() : row.getParentId(),
                        sql.select(TEAM_MEMBERS.ACCOUNT_ID)
                                .from(TEAM_MEMBERS)
                                .where(TEAM_MEMBERS.TEAM_ID.eq(row.getId()))
                                .fetch(TEAM_MEMBERS.ACCOUNT_ID)));
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String text) {
        return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
    }
}
