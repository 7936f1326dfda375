package io.gerve.audit;

import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.audit.Recorded.Owned;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Every repository that an account reaches: first all of each owner of whose repositories it reaches every one, then those of which it is
 * a collaborator, then those of its teams, then what is open to everybody. What more than one of these gives is told where it first
 * comes, so that nothing has to be remembered of what was told before.
 */
final class AccountReach {
    private final MysqlState state;
    private final MysqlCandidates candidates;
    private final long account;
    private final Set<Long> wholesale = new LinkedHashSet<>();
    private final List<Long> teams = new ArrayList<>();

    AccountReach(MysqlState state, long account) {
        this.state = state;
        this.candidates = new MysqlCandidates(state);
        this.account = account;
    }

    interface Sink {
        /** @return whether to go on */
        boolean take(Standing standing) throws LookupUnavailable;
    }

    private interface Place {
        boolean isFirstOf(Owned owned, Standing standing);
    }

    void each(MysqlAudit.Scope scope, Sink sink) throws LookupUnavailable {
        findOwners();
        for (long owner : wholesale) {
            if (!owned(owner, sink)) {
                return;
            }
        }
        if (!pages(candidates.collaborations(account), sink, elsewhere((_, standing) -> standing.isCollaborators()))) {
            return;
        }
        for (long team : teams) {
            Place place = (_, standing) -> !standing.isCollaborators() && isFirst(team, standing);
            if (!pages(candidates.ofTeam(team), sink, elsewhere(place))) {
                return;
            }
        }
        if (scope == MysqlAudit.Scope.GRANTED_AND_PUBLIC) {
            pages(
                    candidates.open(),
                    sink,
                    (_, standing) ->
                            !standing.isParticular() && !standing.ways().isEmpty());
        }
    }

    /** Not among the repositories of the owners that were told in full. */
    private Place elsewhere(Place place) {
        return (owned, standing) ->
                !wholesale.contains(owned.repository().ownerId()) && place.isFirstOf(owned, standing);
    }

    private void findOwners() {
        wholesale.add(account);
        Map<Long, Rights.Membership> organizations = state.organizationsOf(account);
        state.accounts(organizations.keySet()).forEach((id, holder) -> {
            if (organizations.get(id) == Rights.Membership.OWNER || holder.basePermission() != Role.NONE) {
                wholesale.add(id);
            }
        });
        Set<Long> withTeams = new HashSet<>(candidates.organizationsOfTeamsOf(account));
        Map<Long, Recorded.Team> all = state.teams(withTeams);
        Set<Long> reached = new LinkedHashSet<>();
        state.teamMembers(withTeams, List.of(account)).forEach(pair -> {
            Recorded.Team team = all.get(pair.one());
            while (team != null && reached.add(team.id())) {
                team = all.get(team.parent());
            }
        });
        teams.addAll(reached);
    }

    private boolean owned(long owner, Sink sink) throws LookupUnavailable {
        Place place = (owned, standing) -> owned.repository().ownerId() == owner && standing.isParticular();
        var page = candidates.owned(owner, "");
        while (!page.ids().isEmpty()) {
            if (!evaluate(page.ids(), sink, place)) {
                return false;
            }
            page = candidates.owned(owner, page.last());
        }
        return pages(candidates.formerlyOwned(owner), sink, place);
    }

    private boolean pages(MysqlCandidates.Pages pages, Sink sink, Place place) throws LookupUnavailable {
        long last = 0;
        while (last != Long.MAX_VALUE) {
            var page = pages.after(last);
            if (!evaluate(page.ids(), sink, place)) {
                return false;
            }
            last = page.last();
        }
        return true;
    }

    private boolean evaluate(List<Long> ids, Sink sink, Place place) throws LookupUnavailable {
        var relations = new Relations(state, ids, List.of(account));
        for (long id : ids) {
            Owned owned = relations.repositories().get(id);
            if (owned == null) {
                continue;
            }
            Standing standing = relations.of(account, owned);
            if (place.isFirstOf(owned, standing) && !sink.take(standing)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the team is the first of the account's that gives something on the repository. */
    private boolean isFirst(long team, Standing standing) {
        return teams.stream()
                .filter(standing::isOfTeam)
                .findFirst()
                .filter(first -> first == team)
                .isPresent();
    }
}
