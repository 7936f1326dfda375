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

/** All that relates some accounts to some repositories, at one time. */
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
                .filter(owned -> owned.owner().kind() == Account.Kind.ORGANIZATION)
                .map(owned -> owned.owner().id())
                .collect(Collectors.toSet());
        this.members = state.members(organizations, accounts);
        this.teams = state.teams(organizations);
        this.teamRoles = state.teamRoles(repositoryIds);
        state.teamMembers(organizations, accounts)
                .forEach(pair -> teamsOf.computeIfAbsent(pair.other(), _ -> new ArrayList<>())
                        .add(pair.one()));
        // The same ways in the same order, however they were found: a difference compares them.
        teamsOf.values().forEach(ids -> ids.sort(Comparator.naturalOrder()));
    }

    Map<Long, RecordedRepository> repositories() {
        return repositories;
    }

    SiteMode site() {
        return siteMode;
    }

    /** What an account has on one of the repositories. */
    public EffectiveAccess of(long account, RecordedRepository owned) {
        Repository repository = owned.repository();
        if (repository.ownerId() == account) {
            return new EffectiveAccess(known(owned, new Rights.Owner()), List.of(new GrantPath.Owner()), List.of());
        }
        Role collaborator = collaborators.getOrDefault(new Pair(repository.id(), account), Role.NONE);
        Rights.Membership membership = switch (owned.owner().kind()) {
            case USER -> Rights.Membership.NONE;
            case ORGANIZATION -> members.getOrDefault(new Pair(repository.ownerId(), account), Rights.Membership.NONE);
        };
        List<GrantPath> throughTeams = throughTeams(teamsOf.getOrDefault(account, List.of()), owned);
        Role team =
                throughTeams.stream().map(GrantPath::role).max(Role::compareTo).orElse(Role.NONE);
        List<GrantPath> ways = new ArrayList<>();
        if (collaborator != Role.NONE) {
            ways.add(new GrantPath.Collaborator(collaborator));
        }
        List<GrantPath> idle = new ArrayList<>();
        switch (membership) {
            case NONE -> idle.addAll(throughTeams);
            case MEMBER -> {
                ways.addAll(throughTeams);
                if (repository.basePermission() != Role.NONE) {
                    ways.add(new GrantPath.BasePermission(repository.basePermission()));
                }
            }
            case OWNER -> {
                ways.add(new GrantPath.OrganizationOwner());
                ways.addAll(throughTeams);
            }
        }
        if (repository.visibility() == Repository.Visibility.PUBLIC) {
            ways.add(new GrantPath.Public());
        }
        return new EffectiveAccess(known(owned, new Rights.Granted(collaborator, membership, team)), ways, idle);
    }

    public AccessFacts.Known known(RecordedRepository owned, Rights rights) {
        return new AccessFacts.Known(owned.repository(), owned.owner(), siteMode, rights);
    }

    /** The roles that teams have for the repository, these and those above them, each with how it is come by. */
    List<GrantPath> throughTeams(Collection<Long> ownTeams, RecordedRepository owned) {
        List<GrantPath> ways = new ArrayList<>();
        for (long own : ownTeams) {
            List<RecordedTeam> upwards = RecordedTeam.upwards(teams, own);
            for (int i = 0; i < upwards.size(); i++) {
                RecordedTeam team = upwards.get(i);
                if (team.organization() != owned.repository().ownerId()) {
                    break;
                }
                Role role = teamRoles.get(new Pair(team.id(), owned.repository().id()));
                if (role != null) {
                    ways.add(new GrantPath.Team(role, team.id(), chain(upwards.subList(0, i + 1), owned.owner())));
                }
            }
        }
        return ways;
    }

    private static List<String> chain(Collection<RecordedTeam> walked, Account organization) {
        return walked.stream()
                .map(team -> organization.login() + "/" + team.slug())
                .toList();
    }
}
