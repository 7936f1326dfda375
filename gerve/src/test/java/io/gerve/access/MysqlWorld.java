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

import io.gerve.sql.schema.tables.records.AccountsRecord;
import io.gerve.sql.schema.tables.records.CollaboratorsRecord;
import io.gerve.sql.schema.tables.records.DeployKeyRepositoriesRecord;
import io.gerve.sql.schema.tables.records.OrganizationMembersRecord;
import io.gerve.sql.schema.tables.records.RepositoriesRecord;
import io.gerve.sql.schema.tables.records.RepositoryRedirectsRecord;
import io.gerve.sql.schema.tables.records.TeamMembersRecord;
import io.gerve.sql.schema.tables.records.TeamRepositoriesRecord;
import io.gerve.sql.schema.tables.records.TeamsRecord;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.Table;
import org.jooq.TableRecord;
import org.jspecify.annotations.Nullable;

/** Writer of a {@link World} into the tables, with one statement per table. */
public record MysqlWorld(World world) {
    public void insert(DSLContext database) {
        database.transaction(configuration -> {
            DSLContext sql = configuration.dsl();
            // Teams that contain each other have no valid insertion order, and the keys are not inserted.
            sql.execute("SET foreign_key_checks = 0");
            try {
                rows(sql, ACCOUNTS, world.people(), this::account);
                rows(sql, ORGANIZATION_MEMBERS, world.members(), this::member);
                rows(sql, TEAMS, world.teams(), this::team);
                rows(sql, TEAM_MEMBERS, teamMembers(), record -> record);
                rows(sql, REPOSITORIES, world.repositories(), this::repository);
                rows(sql, TEAM_REPOSITORIES, world.teamRoles(), this::teamRole);
                rows(sql, REPOSITORY_REDIRECTS, world.formerNames(), this::formerName);
                rows(sql, COLLABORATORS, world.collaborators(), this::collaborator);
                rows(sql, DEPLOY_KEY_REPOSITORIES, world.deployRights(), this::deployRight);
                sql.update(SITE)
                        .set(SITE.READ_ONLY_REASON, operatorMessage(world.readOnly()))
                        .execute();
            } finally {
                sql.execute("SET foreign_key_checks = 1");
            }
        });
    }

    private static <T, R extends TableRecord<R>> void rows(
            DSLContext sql, Table<R> table, List<T> values, Function<T, R> record) {
        if (!values.isEmpty()) {
            sql.insertInto(table, table.fields())
                    .valuesOfRecords(values.stream().map(record).toList())
                    .execute();
        }
    }

    private AccountsRecord account(World.Person person) {
        return new AccountsRecord(
                person.id(),
                person.login(),
                person.organization() ? "organization" : "user",
                text(person.base()),
                person.suspended() ? World.NOW : null,
                operatorMessage(person.suspended()),
                World.NOW);
    }

    private OrganizationMembersRecord member(World.Member member) {
        return new OrganizationMembersRecord(
                member.organization(), member.account(), member.owner() ? "owner" : "member");
    }

    private TeamsRecord team(World.Team team) {
        Long parent = team.parent() == team.id() && team.id() % 2 == 0 ? null : team.parent();
        return new TeamsRecord(team.id(), team.organization(), parent, "team-" + team.id(), World.NOW);
    }

    private List<TeamMembersRecord> teamMembers() {
        return world.teams().stream()
                .flatMap(team -> team.members().stream().map(account -> new TeamMembersRecord(team.id(), account)))
                .toList();
    }

    private TeamRepositoriesRecord teamRole(World.TeamRole role) {
        return new TeamRepositoriesRecord(role.team(), role.repository(), text(role.role()));
    }

    private RepositoriesRecord repository(World.Repo repo) {
        return new RepositoriesRecord(
                repo.id(),
                repo.owner(),
                repo.name(),
                text(repo.visibility()),
                text(repo.state()),
                operatorMessage(repo.state() != Repository.State.ACTIVE),
                World.NOW);
    }

    private RepositoryRedirectsRecord formerName(World.Former former) {
        return new RepositoryRedirectsRecord(former.owner(), former.name(), former.repository(), World.NOW);
    }

    private CollaboratorsRecord collaborator(World.Collaborator collaborator) {
        return new CollaboratorsRecord(collaborator.repository(), collaborator.account(), text(collaborator.role()));
    }

    private DeployKeyRepositoriesRecord deployRight(World.DeployRight right) {
        return new DeployKeyRepositoriesRecord(right.key(), right.repository(), right.readOnly());
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String operatorMessage(boolean given) {
        return given ? World.OPERATOR_MESSAGE : null;
    }
}
