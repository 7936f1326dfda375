package io.gerve.admin;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.TEAMS;
import static io.gerve.sql.schema.Tables.TEAM_MEMBERS;
import static io.gerve.sql.schema.Tables.TEAM_REPOSITORIES;

import io.gerve.access.Role;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.TeamsRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jooq.DSLContext;

/** The teams of organizations. A team has the grants of the teams above it too. */
public final class MysqlTeamStore {
    private final AuditedTransaction ledger;

    public MysqlTeamStore(AuditedTransaction ledger) {
        this.ledger = ledger;
    }

    /** @param parent the team above it, of the same organization */
    public TeamDetails create(TeamName name, Optional<TeamName> parent) throws ChangeRefused, DependencyUnavailable {
        return ledger.change(entry -> {
            var organization = entry.names().organization(name.organization());
            boolean exists = entry.sql()
                    .fetchExists(TEAMS, TEAMS.ORGANIZATION_ID.eq(organization.getId()), TEAMS.SLUG.eq(name.slug()));
            if (exists) {
                throw new ChangeRefused("There is already a team " + name + ".");
            }
            var team = entry.sql().newRecord(TEAMS);
            team.setOrganizationId(organization.getId());
            team.setSlug(name.slug());
            team.setCreatedAt(entry.at());
            if (parent.isPresent()) {
                team.setParentId(parentOf(entry, name, parent.get()).getId());
            }
            team.setId(entry.insert(TEAMS, team));
            record(entry, ChangeKind.TEAM, team, "", team.getSlug());
            if (parent.isPresent()) {
                record(
                        entry,
                        ChangeKind.TEAM_PARENT,
                        team,
                        "",
                        team.getParentId().toString());
            }
            return show(entry.sql(), name);
        });
    }

    public TeamDetails show(TeamName name) throws ChangeRefused, DependencyUnavailable {
        return ledger.query(sql -> show(sql, name));
    }

    /** @return by slug */
    public List<TeamDetails> list(Login organization) throws ChangeRefused, DependencyUnavailable {
        return ledger.query(sql -> {
            long id = new MysqlNameResolver(sql).organization(organization).getId();
            List<TeamDetails> teams = new ArrayList<>();
            for (String slug : sql.select(TEAMS.SLUG)
                    .from(TEAMS)
                    .where(TEAMS.ORGANIZATION_ID.eq(id))
                    .orderBy(TEAMS.SLUG)
                    .fetch(TEAMS.SLUG)) {
                teams.add(show(sql, new TeamName(organization, slug)));
            }
            return teams;
        });
    }

    public void addMember(TeamName name, Login member) throws ChangeRefused, DependencyUnavailable {
        ledger.change(entry -> {
            var team = entry.names().team(name);
            var user = entry.names().user(member);
            if (MysqlOrganizationStore.roleOf(entry.sql(), team.getOrganizationId(), user.getId())
                    .isEmpty()) {
                throw new ChangeRefused(user.getLogin() + " is not a member of " + name.organization()
                        + ". First: gerve org add-member " + name.organization() + " " + user.getLogin());
            }
            int added = entry.sql()
                    .insertInto(TEAM_MEMBERS)
                    .set(TEAM_MEMBERS.TEAM_ID, team.getId())
                    .set(TEAM_MEMBERS.ACCOUNT_ID, user.getId())
                    .onDuplicateKeyIgnore()
                    .execute();
            if (added == 0) {
                throw new ChangeRefused(user.getLogin() + " is in " + name + " already.");
            }
            memberChanged(entry, team, user.getId(), "", "member");
            return added;
        });
    }

    public void removeMember(TeamName name, Login member) throws ChangeRefused, DependencyUnavailable {
        ledger.change(entry -> {
            var team = entry.names().team(name);
            var user = entry.names().user(member);
            int removed = entry.sql()
                    .deleteFrom(TEAM_MEMBERS)
                    .where(TEAM_MEMBERS.TEAM_ID.eq(team.getId()), TEAM_MEMBERS.ACCOUNT_ID.eq(user.getId()))
                    .execute();
            if (removed == 0) {
                throw new ChangeRefused(user.getLogin() + " is not in " + name + ".");
            }
            memberChanged(entry, team, user.getId(), "member", "");
            return removed;
        });
    }

    /** @param parent empty to put the team at the top */
    public void setParent(TeamName name, Optional<TeamName> parent) throws ChangeRefused, DependencyUnavailable {
        ledger.change(entry -> {
            // All teams of the organization are locked, or two moves at one time could close a circle that neither
            // sees.
            var organization = entry.names().organization(name.organization());
            Map<Long, Optional<Long>> parents = entry.sql()
                    .select(TEAMS.ID, TEAMS.PARENT_ID)
                    .from(TEAMS)
                    .where(TEAMS.ORGANIZATION_ID.eq(organization.getId()))
                    .forUpdate()
                    .fetchMap(row -> row.value1(), row -> Optional.ofNullable(row.value2()));
            var team = entry.names().team(name);
            Optional<Long> above = Optional.empty();
            if (parent.isPresent()) {
                above = Optional.of(parentOf(entry, name, parent.get()).getId());
                requireNoCycle(parents, team.getId(), above, name + " cannot stand below " + parent.get());
            }
            entry.sql()
                    .update(TEAMS)
                    .set(TEAMS.PARENT_ID, above.orElse(null))
                    .where(TEAMS.ID.eq(team.getId()))
                    .execute();
            record(
                    entry,
                    ChangeKind.TEAM_PARENT,
                    team,
                    Objects.toString(team.getParentId(), ""),
                    above.map(String::valueOf).orElse(""));
            entry.siteChanged();
            return above;
        });
    }

    /** Gives the team a role for a repository of its organization, or changes it. */
    public void grant(TeamName name, RepositoryName repository, Role role) throws ChangeRefused, DependencyUnavailable {
        ledger.change(entry -> {
            var team = entry.names().team(name);
            var target = entry.names().repository(repository);
            if (!target.getOwnerId().equals(team.getOrganizationId())) {
                throw new ChangeRefused(repository + " does not belong to " + name.organization()
                        + ", and a team has rights only for its own organization's repositories.");
            }
            String after = role.name().toLowerCase(Locale.ROOT);
            String before = grantOf(entry.sql(), team.getId(), target.getId()).orElse("");
            entry.sql()
                    .insertInto(TEAM_REPOSITORIES)
                    .set(TEAM_REPOSITORIES.TEAM_ID, team.getId())
                    .set(TEAM_REPOSITORIES.REPOSITORY_ID, target.getId())
                    .set(TEAM_REPOSITORIES.ROLE, after)
                    .onDuplicateKeyUpdate()
                    .set(TEAM_REPOSITORIES.ROLE, after)
                    .execute();
            grantChanged(entry, team, target.getId(), before, after);
            return after;
        });
    }

    public void revoke(TeamName name, RepositoryName repository) throws ChangeRefused, DependencyUnavailable {
        ledger.change(entry -> {
            var team = entry.names().team(name);
            var target = entry.names().repository(repository);
            String before = grantOf(entry.sql(), team.getId(), target.getId())
                    .orElseThrow(() -> new ChangeRefused(name + " has no right of its own for " + repository + "."));
            entry.sql()
                    .deleteFrom(TEAM_REPOSITORIES)
                    .where(
                            TEAM_REPOSITORIES.REPOSITORY_ID.eq(target.getId()),
                            TEAM_REPOSITORIES.TEAM_ID.eq(team.getId()))
                    .execute();
            grantChanged(entry, team, target.getId(), before, "");
            return before;
        });
    }

    private static TeamsRecord parentOf(ChangeContext entry, TeamName name, TeamName parent) throws ChangeRefused {
        if (!parent.organization().equals(name.organization())) {
            throw new ChangeRefused(parent + " is a team of another organization than " + name + ".");
        }
        return entry.names().team(parent);
    }

    private static void requireNoCycle(Map<Long, Optional<Long>> parents, long team, Optional<Long> above, String what)
            throws ChangeRefused {
        var step = above;
        for (int height = 0; step.isPresent() && height <= parents.size(); height++) {
            if (step.get() == team) {
                throw new ChangeRefused(what + ", which stands below it or is the same team.");
            }
            step = parents.getOrDefault(step.get(), Optional.empty());
        }
    }

    private static Optional<String> grantOf(DSLContext sql, long teamId, long repositoryId) {
        return sql.select(TEAM_REPOSITORIES.ROLE)
                .from(TEAM_REPOSITORIES)
                .where(TEAM_REPOSITORIES.REPOSITORY_ID.eq(repositoryId), TEAM_REPOSITORIES.TEAM_ID.eq(teamId))
                .forUpdate()
                .fetchOptional(TEAM_REPOSITORIES.ROLE);
    }

    private static TeamDetails show(DSLContext sql, TeamName name) throws ChangeRefused {
        var team = new MysqlNameResolver(sql).team(name);
        String parent = sql.select(TEAMS.SLUG)
                .from(TEAMS)
                .where(TEAMS.ID.eq(team.getParentId()))
                .fetchOptional(TEAMS.SLUG)
                .orElse("");
        var members = sql.select(ACCOUNTS.LOGIN)
                .from(TEAM_MEMBERS)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(TEAM_MEMBERS.ACCOUNT_ID))
                .where(TEAM_MEMBERS.TEAM_ID.eq(team.getId()))
                .orderBy(ACCOUNTS.LOGIN)
                .fetch(row -> new Login(row.value1()));
        var grants = sql.select(REPOSITORIES.NAME, TEAM_REPOSITORIES.ROLE)
                .from(TEAM_REPOSITORIES)
                .join(REPOSITORIES)
                .on(REPOSITORIES.ID.eq(TEAM_REPOSITORIES.REPOSITORY_ID))
                .where(TEAM_REPOSITORIES.TEAM_ID.eq(team.getId()))
                .orderBy(REPOSITORIES.NAME)
                .fetch(row -> new TeamDetails.Grant(
                        new RepositoryName(name.organization(), row.value1()),
                        Role.valueOf(row.value2().toUpperCase(Locale.ROOT))));
        return new TeamDetails(new TeamName(name.organization(), team.getSlug()), parent, members, grants);
    }

    private static void memberChanged(
            ChangeContext entry, TeamsRecord team, long accountId, String before, String after) {
        entry.recordChange(ChangeKind.TEAM_MEMBER, change -> {
            change.setTeamId(team.getId());
            change.setOrganizationId(team.getOrganizationId());
            change.setAccountId(accountId);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        entry.accountChanged(accountId);
    }

    private static void grantChanged(
            ChangeContext entry, TeamsRecord team, long repositoryId, String before, String after) {
        entry.recordChange(ChangeKind.TEAM_REPOSITORY, change -> {
            change.setTeamId(team.getId());
            change.setOrganizationId(team.getOrganizationId());
            change.setRepositoryId(repositoryId);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        entry.repositoryChanged(repositoryId);
    }

    private static void record(ChangeContext entry, ChangeKind kind, TeamsRecord team, String before, String after) {
        entry.recordChange(kind, change -> {
            change.setTeamId(team.getId());
            change.setOrganizationId(team.getOrganizationId());
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
    }
}
