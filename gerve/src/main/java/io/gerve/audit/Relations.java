package io.gerve.audit;

import io.gerve.access.Findings;
import io.gerve.access.Repository;
import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.access.SiteSwitch;
import io.gerve.audit.Recorded.Owned;
import io.gerve.audit.Recorded.Pair;
import io.gerve.audit.Recorded.Team;
import io.gerve.keylookup.key.Account;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** All that relates some accounts to some repositories, at one time. */
final class Relations {
    private final Map<Long, Owned> repositories;
    private final SiteSwitch site;
    private final Map<Pair, Role> collaborators;
    private final Map<Pair, Rights.Membership> members;
    private final Map<Long, Team> teams;
    private final Map<Long, List<Long>> teamsOf = new HashMap<>();
    private final Map<Pair, Role> teamRoles;

    Relations(MysqlState state, Collection<Long> repositoryIds, Collection<Long> accounts) {
        this.repositories = new MysqlRepositoryState(state).repositories(repositoryIds);
        this.site = state.site();
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

    Map<Long, Owned> repositories() {
        return repositories;
    }

    SiteSwitch site() {
        return site;
    }

    /** What an account has on one of the repositories. */
    Standing of(long account, Owned owned) {
        Repository repository = owned.repository();
        if (repository.ownerId() == account) {
            return new Standing(known(owned, new Rights.Owner()), List.of(new Way.Owner()), List.of());
        }
        Role collaborator = collaborators.getOrDefault(new Pair(repository.id(), account), Role.NONE);
        Rights.Membership membership = switch (owned.owner().kind()) {
            case USER -> Rights.Membership.NONE;
            case ORGANIZATION -> members.getOrDefault(new Pair(repository.ownerId(), account), Rights.Membership.NONE);
        };
        List<Way> throughTeams = throughTeams(teamsOf.getOrDefault(account, List.of()), owned);
        Role team = throughTeams.stream().map(Way::role).max(Role::compareTo).orElse(Role.NONE);
        List<Way> ways = new ArrayList<>();
        if (collaborator != Role.NONE) {
            ways.add(new Way.Collaborator(collaborator));
        }
        List<Way> idle = new ArrayList<>();
        switch (membership) {
            case NONE -> idle.addAll(throughTeams);
            case MEMBER -> {
                ways.addAll(throughTeams);
                if (repository.basePermission() != Role.NONE) {
                    ways.add(new Way.BasePermission(repository.basePermission()));
                }
            }
            case OWNER -> {
                ways.add(new Way.OrganizationOwner());
                ways.addAll(throughTeams);
            }
        }
        if (repository.visibility() == Repository.Visibility.PUBLIC) {
            ways.add(new Way.Public());
        }
        return new Standing(known(owned, new Rights.Granted(collaborator, membership, team)), ways, idle);
    }

    Findings.Known known(Owned owned, Rights rights) {
        return new Findings.Known(owned.repository(), owned.owner(), site, rights);
    }

    /** The roles that teams have for the repository, these and those above them, each with how it is come by. */
    List<Way> throughTeams(Collection<Long> ownTeams, Owned owned) {
        List<Way> ways = new ArrayList<>();
        for (long own : ownTeams) {
            List<Team> upwards = Team.upwards(teams, own);
            for (int i = 0; i < upwards.size(); i++) {
                Team team = upwards.get(i);
                if (team.organization() != owned.repository().ownerId()) {
                    break;
                }
                Role role = teamRoles.get(new Pair(team.id(), owned.repository().id()));
                if (role != null) {
                    ways.add(new Way.Team(role, team.id(), chain(upwards.subList(0, i + 1), owned.owner())));
                }
            }
        }
        return ways;
    }

    private static List<String> chain(Collection<Team> walked, Account organization) {
        return walked.stream()
                .map(team -> organization.login() + "/" + team.slug())
                .toList();
    }
}
