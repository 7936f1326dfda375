package io.gerve.audit;

import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * Every repository that an account reaches, at one time or at several: first all of each owner of whose repositories it reaches every one,
 * then those of which it is a collaborator, then those of its teams, then what is open to everybody. What more than one of these gives is
 * told where it first comes, so that nothing has to be remembered of what was told before, and it can be gone on anywhere.
 */
final class AccountReach {
    private final List<MysqlMoment> moments;
    private final MysqlCandidates candidates;
    private final long account;
    private final List<Optional<KnownKey>> keys;
    private final NavigableSet<Long> wholesale = new TreeSet<>();
    private final NavigableMap<Long, Long> organizationOfTeam = new TreeMap<>();
    private LongPredicate owners = _ -> true;
    private LongPredicate repositories = _ -> true;

    /** @param keys the account's, for each of the moments; empty if there was no such account */
    private AccountReach(List<MysqlMoment> moments, long account, List<Optional<KnownKey>> keys) {
        this.moments = moments;
        this.candidates = new MysqlCandidates(moments.getFirst().state());
        this.account = account;
        this.keys = keys;
    }

    static AccountReach of(MysqlMoment moment, long account, KnownKey key) {
        return new AccountReach(List.of(moment), account, List.of(Optional.of(key)));
    }

    /** @param moments the earliest first */
    static AccountReach of(List<MysqlMoment> moments, long account) {
        return new AccountReach(
                moments,
                account,
                moments.stream()
                        .map(moment -> Optional.ofNullable(
                                moment.soundKeysOf(List.of(account)).get(account)))
                        .toList());
    }

    /** Only repositories that, at one of the times, belonged to one of these. */
    AccountReach ofOwners(LongPredicate which) {
        owners = owners.and(which);
        return this;
    }

    /** Only these repositories. */
    AccountReach ofRepositories(LongPredicate which) {
        repositories = repositories.and(which);
        return this;
    }

    /** By which rows are found. */
    private interface Source {
        boolean isFirstOf(Seen seen);
    }

    /** @return whether to go on */
    boolean each(MysqlAudit.Scope scope, Walk walk) throws LookupUnavailable {
        moments.forEach(moment -> findOwners(moment.state()));
        return walk.inTurn(this::owned, this::collaborations, this::teams, open -> switch (scope) {
            case GRANTED -> true;
            case GRANTED_AND_PUBLIC -> open(open);
        });
    }

    private boolean owned(Walk walk) throws LookupUnavailable {
        return walk.each(
                wholesale,
                (owner, within) -> !owners.test(owner)
                        || pages(
                                candidates.owned(owner),
                                within,
                                seen -> seen.lastOwner(wholesale::contains) == owner
                                        && seen.atAnyTime(Standing::isParticular)));
    }

    private boolean collaborations(Walk walk) throws LookupUnavailable {
        return pages(
                candidates.collaborations(account), walk, elsewhere(seen -> seen.atAnyTime(Standing::isCollaborators)));
    }

    private boolean teams(Walk walk) throws LookupUnavailable {
        return walk.each(
                organizationOfTeam.navigableKeySet(),
                (team, within) -> !owners.test(organizationOfTeam.getOrDefault(team, 0L))
                        || pages(candidates.ofTeam(team), within, elsewhere(seen -> isFirst(team, seen))));
    }

    private boolean open(Walk walk) throws LookupUnavailable {
        return pages(
                candidates.open(),
                walk,
                seen -> !seen.atAnyTime(Standing::isParticular)
                        && seen.atAnyTime(standing -> !standing.ways().isEmpty()));
    }

    /** Not among the repositories of the owners that are told in full. */
    private Source elsewhere(Source source) {
        return seen -> seen.lastOwner(wholesale::contains) == 0 && source.isFirstOf(seen);
    }

    private void findOwners(MysqlState state) {
        wholesale.add(account);
        Map<Long, Rights.Membership> organizations = state.organizationsOf(account);
        state.accounts(organizations.keySet()).forEach((id, holder) -> {
            if (organizations.get(id) == Rights.Membership.OWNER || holder.basePermission() != Role.NONE) {
                wholesale.add(id);
            }
        });
        Set<Long> withTeams = new HashSet<>(candidates.organizationsOfTeamsOf(account));
        Map<Long, Recorded.Team> all = state.teams(withTeams);
        state.teamMembers(withTeams, List.of(account)).forEach(pair -> {
            for (Recorded.Team team : Recorded.Team.upwards(all, pair.one())) {
                organizationOfTeam.put(team.id(), team.organization());
            }
        });
    }

    private boolean pages(MysqlCandidates.Pages pages, Walk walk, Source source) throws LookupUnavailable {
        return MysqlCandidates.each(pages, walk.last(), page -> evaluate(page, walk, source));
    }

    private boolean evaluate(List<Long> page, Walk walk, Source source) throws LookupUnavailable {
        List<Long> ids = page.stream().filter(repositories::test).toList();
        if (ids.isEmpty()) {
            return true;
        }
        List<Relations> relations = moments.stream()
                .map(moment -> new Relations(moment.state(), ids, List.of(account)))
                .toList();
        for (long id : ids) {
            Seen seen = Seen.of(relations, id, account);
            if (seen.lastOwner(owners) != 0 && source.isFirstOf(seen) && !walk.take(id, seen.reached(moments, keys))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the team is the first of the account's that gives something on the repository. */
    private boolean isFirst(long team, Seen seen) {
        return !seen.atAnyTime(Standing::isCollaborators)
                && organizationOfTeam.keySet().stream()
                        .filter(candidate -> seen.atAnyTime(standing -> standing.isOfTeam(candidate)))
                        .findFirst()
                        .filter(first -> first == team)
                        .isPresent();
    }
}
