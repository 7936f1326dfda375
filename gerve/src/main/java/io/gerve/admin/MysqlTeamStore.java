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

/** Storage of the teams of organizations. A team also has the grants of its ancestors. */
public final class MysqlTeamStore {
    private final AuditedTransaction transactions;

    public MysqlTeamStore(AuditedTransaction transactions) {
        this.transactions = transactions;
    }

    /**
     * Creates a team.
     *
     * @param parent the parent team, which must belong to the same organization
     */
    public TeamDetails create(TeamName name, Optional<TeamName> parent) throws ChangeRefused, DependencyUnavailable {
        return transactions.change(context -> {
            var organization = context.names().organization(name.organization());
            boolean exists = context.sql()
                    .fetchExists(TEAMS, TEAMS.ORGANIZATION_ID.eq(organization.getId()), TEAMS.SLUG.eq(name.slug()));
            if (exists) {
                throw new ChangeRefused("There is already a team " + name + ".");
            }
            var team = context.sql().newRecord(TEAMS);
            team.setOrganizationId(organization.getId());
            team.setSlug(name.slug());
            team.setCreatedAt(context.at());
            if (parent.isPresent()) {
                team.setParentId(parentOf(context, name, parent.get()).getId());
            }
            team.setId(context.insert(TEAMS, team));
            record(context, ChangeKind.TEAM, team, "", team.getSlug());
            if (parent.isPresent()) {
                record(
                        context,
                        ChangeKind.TEAM_PARENT,
                        team,
                        "",
                        team.getParentId().toString());
            }
            return show(context.sql(), name);
        });
    }

    public TeamDetails show(TeamName name) throws ChangeRefused, DependencyUnavailable {
        return transactions.query(sql -> show(sql, name));
    }

    /** Returns the teams of an organization, ordered by slug. */
    public List<TeamDetails> list(Login organization) throws ChangeRefused, DependencyUnavailable {
        return transactions.query(sql -> {
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
        transactions.change(context -> {
            var team = context.names().team(name);
            var user = context.names().user(member);
            if (MysqlOrganizationStore.roleOf(context.sql(), team.getOrganizationId(), user.getId())
                    .isEmpty()) {
                throw new ChangeRefused(user.getLogin() + " is not a member of " + name.organization()
                        + ". Run: gerve org add-member " + name.organization() + " " + user.getLogin());
            }
            int added = context.sql()
                    .insertInto(TEAM_MEMBERS)
                    .set(TEAM_MEMBERS.TEAM_ID, team.getId())
                    .set(TEAM_MEMBERS.ACCOUNT_ID, user.getId())
                    .onDuplicateKeyIgnore()
                    .execute();
            if (added == 0) {
                throw new ChangeRefused(user.getLogin() + " is already a member of " + name + ".");
            }
            memberChanged(context, team, user.getId(), "", "member");
            return added;
        });
    }

    public void removeMember(TeamName name, Login member) throws ChangeRefused, DependencyUnavailable {
        transactions.change(context -> {
            var team = context.names().team(name);
            var user = context.names().user(member);
            int removed = context.sql()
                    .deleteFrom(TEAM_MEMBERS)
                    .where(TEAM_MEMBERS.TEAM_ID.eq(team.getId()), TEAM_MEMBERS.ACCOUNT_ID.eq(user.getId()))
                    .execute();
            if (removed == 0) {
                throw new ChangeRefused(user.getLogin() + " is not a member of " + name + ".");
            }
            memberChanged(context, team, user.getId(), "member", "");
            return removed;
        });
    }

    /**
     * Changes the parent of a team.
     *
     * @param parent the new parent; empty for a team without a parent
     */
    public void setParent(TeamName name, Optional<TeamName> parent) throws ChangeRefused, DependencyUnavailable {
        transactions.change(context -> {
            // Locks all teams of the organization: otherwise two concurrent moves could close a cycle that neither
            // sees.
            var organization = context.names().organization(name.organization());
            Map<Long, Optional<Long>> parents = context.sql()
                    .select(TEAMS.ID, TEAMS.PARENT_ID)
                    .from(TEAMS)
                    .where(TEAMS.ORGANIZATION_ID.eq(organization.getId()))
                    .forUpdate()
                    .fetchMap(row -> row.value1(), row -> Optional.ofNullable(row.value2()));
            var team = context.names().team(name);
            Optional<Long> parentId = Optional.empty();
            if (parent.isPresent()) {
                parentId = Optional.of(parentOf(context, name, parent.get()).getId());
                requireNoCycle(parents, team.getId(), parentId, parent.get() + " cannot be the parent of " + name);
            }
            context.sql()
                    .update(TEAMS)
                    .set(TEAMS.PARENT_ID, parentId.orElse(null))
                    .where(TEAMS.ID.eq(team.getId()))
                    .execute();
            record(
                    context,
                    ChangeKind.TEAM_PARENT,
                    team,
                    Objects.toString(team.getParentId(), ""),
                    parentId.map(String::valueOf).orElse(""));
            context.siteChanged();
            return parentId;
        });
    }

    /** Grants the team a role for a repository of its organization, or changes that role. */
    public void grant(TeamName name, RepositoryName repository, Role role) throws ChangeRefused, DependencyUnavailable {
        transactions.change(context -> {
            var team = context.names().team(name);
            var target = context.names().repository(repository);
            if (!target.getOwnerId().equals(team.getOrganizationId())) {
                throw new ChangeRefused(repository + " does not belong to " + name.organization()
                        + ". A team can have rights only for the repositories of its own organization.");
            }
            String after = role.name().toLowerCase(Locale.ROOT);
            String before = grantOf(context.sql(), team.getId(), target.getId()).orElse("");
            context.sql()
                    .insertInto(TEAM_REPOSITORIES)
                    .set(TEAM_REPOSITORIES.TEAM_ID, team.getId())
                    .set(TEAM_REPOSITORIES.REPOSITORY_ID, target.getId())
                    .set(TEAM_REPOSITORIES.ROLE, after)
                    .onDuplicateKeyUpdate()
                    .set(TEAM_REPOSITORIES.ROLE, after)
                    .execute();
            grantChanged(context, team, target.getId(), before, after);
            return after;
        });
    }

    public void revoke(TeamName name, RepositoryName repository) throws ChangeRefused, DependencyUnavailable {
        transactions.change(context -> {
            var team = context.names().team(name);
            var target = context.names().repository(repository);
            String before = grantOf(context.sql(), team.getId(), target.getId())
                    .orElseThrow(() -> new ChangeRefused(name + " has no grant of its own for " + repository + "."));
            context.sql()
                    .deleteFrom(TEAM_REPOSITORIES)
                    .where(
                            TEAM_REPOSITORIES.REPOSITORY_ID.eq(target.getId()),
                            TEAM_REPOSITORIES.TEAM_ID.eq(team.getId()))
                    .execute();
            grantChanged(context, team, target.getId(), before, "");
            return before;
        });
    }

    private static TeamsRecord parentOf(ChangeContext context, TeamName name, TeamName parent) throws ChangeRefused {
        if (!parent.organization().equals(name.organization())) {
            throw new ChangeRefused(parent + " and " + name + " belong to different organizations.");
        }
        return context.names().team(parent);
    }

    private static void requireNoCycle(
            Map<Long, Optional<Long>> parents, long team, Optional<Long> parentId, String message)
            throws ChangeRefused {
        var ancestor = parentId;
        for (int depth = 0; ancestor.isPresent() && depth <= parents.size(); depth++) {
            if (ancestor.get() == team) {
                throw new ChangeRefused(message + ": it is the same team or one of its descendants.");
            }
            ancestor = parents.getOrDefault(ancestor.get(), Optional.empty());
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
            ChangeContext context, TeamsRecord team, long accountId, String before, String after) {
        context.recordChange(ChangeKind.TEAM_MEMBER, change -> {
            change.setTeamId(team.getId());
            change.setOrganizationId(team.getOrganizationId());
            change.setAccountId(accountId);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        context.accountChanged(accountId);
    }

    private static void grantChanged(
            ChangeContext context, TeamsRecord team, long repositoryId, String before, String after) {
        context.recordChange(ChangeKind.TEAM_REPOSITORY, change -> {
            change.setTeamId(team.getId());
            change.setOrganizationId(team.getOrganizationId());
            change.setRepositoryId(repositoryId);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        context.repositoryChanged(repositoryId);
    }

    private static void record(ChangeContext context, ChangeKind kind, TeamsRecord team, String before, String after) {
        context.recordChange(kind, change -> {
            change.setTeamId(team.getId());
            change.setOrganizationId(team.getOrganizationId());
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
    }
}
