package io.gerve.audit.access;

import io.gerve.access.AccessFacts;
import io.gerve.access.Repository;
import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.access.SiteMode;
import io.gerve.audit.snapshot.MysqlSnapshotFacts;
import io.gerve.audit.snapshot.MysqlSnapshotRepositories;
import io.gerve.audit.snapshot.SnapshotRows.Pair;
import io.gerve.audit.snapshot.SnapshotRows.RecordedRepository;
import io.gerve.audit.snapshot.SnapshotRows.RecordedTeam;
import io.gerve.keylookup.directory.Account;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** All relations between certain accounts and certain repositories, at one time. */
public final class GrantRelations {
    private final Map<Long, RecordedRepository> repositories;
    private final SiteMode siteMode;
    private final Map<Pair, Role> collaborators;
    private final Map<Pair, Rights.Membership> members;
    private final Map<Long, RecordedTeam> teams;
    private final Map<Long, List<Long>> teamsOf = new HashMap<>();
    private final Map<Pair, Role> teamRoles;

    public GrantRelations(MysqlSnapshotFacts state, Collection<Long> repositoryIds, Collection<Long> accounts) {
        this.repositories = new MysqlSnapshotRepositories(state).repositories(repositoryIds);
        this.siteMode = state.site();
        this.collaborators = state.collaborators(repositoryIds, accounts);
        Set<Long> organizations = repositories.values().stream()
                .filter(recorded -> recorded.owner().kind() == Account.Kind.ORGANIZATION)
                .map(recorded -> recorded.owner().id())
                .collect(Collectors.toSet());
        this.members = state.members(organizations, accounts);
        this.teams = state.teams(organizations);
        this.teamRoles = state.teamRoles(repositoryIds);
        state.teamMembers(organizations, accounts)
                .forEach(pair -> teamsOf.computeIfAbsent(pair.other(), _ -> new ArrayList<>())
                        .add(pair.one()));
        // The paths need a fixed order, because differences compare them.
        teamsOf.values().forEach(ids -> ids.sort(Comparator.naturalOrder()));
    }

    Map<Long, RecordedRepository> repositories() {
        return repositories;
    }

    /** Returns the rights of an account to one of the repositories. */
    public EffectiveAccess of(long account, RecordedRepository recorded) {
        Repository repository = recorded.repository();
        if (repository.ownerId() == account) {
            return new EffectiveAccess(known(recorded, new Rights.Owner()), List.of(new GrantPath.Owner()), List.of());
        }
        Role collaborator = collaborators.getOrDefault(new Pair(repository.id(), account), Role.NONE);
        Rights.Membership membership = switch (recorded.owner().kind()) {
            case USER -> Rights.Membership.NONE;
            case ORGANIZATION -> members.getOrDefault(new Pair(repository.ownerId(), account), Rights.Membership.NONE);
        };
        List<GrantPath> throughTeams = throughTeams(teamsOf.getOrDefault(account, List.of()), recorded);
        Role team =
                throughTeams.stream().map(GrantPath::role).max(Role::compareTo).orElse(Role.NONE);
        List<GrantPath> paths = new ArrayList<>();
        if (collaborator != Role.NONE) {
            paths.add(new GrantPath.Collaborator(collaborator));
        }
        List<GrantPath> inactive = new ArrayList<>();
        switch (membership) {
            case NONE -> inactive.addAll(throughTeams);
            case MEMBER -> {
                paths.addAll(throughTeams);
                if (repository.basePermission() != Role.NONE) {
                    paths.add(new GrantPath.BasePermission(repository.basePermission()));
                }
            }
            case OWNER -> {
                paths.add(new GrantPath.OrganizationOwner());
                paths.addAll(throughTeams);
            }
        }
        if (repository.visibility() == Repository.Visibility.PUBLIC) {
            paths.add(new GrantPath.Public());
        }
        return new EffectiveAccess(
                known(recorded, new Rights.Granted(collaborator, membership, team)), paths, inactive);
    }

    public AccessFacts.Known known(RecordedRepository recorded, Rights rights) {
        return new AccessFacts.Known(recorded.repository(), recorded.owner(), siteMode, rights);
    }

    /** Returns the paths through the given teams and their ancestors to roles for the repository. */
    List<GrantPath> throughTeams(Collection<Long> ownTeams, RecordedRepository recorded) {
        List<GrantPath> paths = new ArrayList<>();
        for (long own : ownTeams) {
            List<RecordedTeam> upwards = RecordedTeam.upwards(teams, own);
            for (int i = 0; i < upwards.size(); i++) {
                RecordedTeam team = upwards.get(i);
                if (team.organization() != recorded.repository().ownerId()) {
                    break;
                }
                Role role =
                        teamRoles.get(new Pair(team.id(), recorded.repository().id()));
                if (role != null) {
                    paths.add(new GrantPath.Team(role, team.id(), chain(upwards.subList(0, i + 1), recorded.owner())));
                }
            }
        }
        return paths;
    }

    private static List<String> chain(Collection<RecordedTeam> teams, Account organization) {
        return teams.stream()
                .map(team -> organization.login() + "/" + team.slug())
                .toList();
    }
}
