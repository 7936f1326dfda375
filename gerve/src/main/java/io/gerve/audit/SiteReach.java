package io.gerve.audit;

import io.gerve.audit.Recorded.Team;
import io.gerve.lookup.LookupUnavailable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who reaches what at two times, of everything that changes in between may concern. Each pair of somebody and a repository comes once: with the
 * repository if all of it is concerned, else with the account if it is concerned in all of the owner's repositories, else by itself.
 */
final class SiteReach {
    /** What is asked for them is one query for each kind of fact. */
    private static final int PAIRS_AT_ONCE = 500;

    private final List<MysqlMoment> moments;
    private final MysqlConcerned concerned;
    private final MysqlCandidates candidates;

    /** @param moments the earliest first */
    SiteReach(List<MysqlMoment> moments, MysqlConcerned concerned) {
        this.moments = moments;
        this.concerned = concerned;
        this.candidates = new MysqlCandidates(moments.getFirst().state());
    }

    /** @return whether to go on */
    boolean each(Walk walk) throws LookupUnavailable {
        return walk.inTurn(this::wholeRepositories, this::wholeOwners, this::accounts, this::parts);
    }

    private boolean wholeRepositories(Walk walk) throws LookupUnavailable {
        return walk.each(
                concerned.repositories(),
                (repository, within) -> new RepositoryReach(moments, repository).each(within));
    }

    private boolean wholeOwners(Walk walk) throws LookupUnavailable {
        return walk.each(
                concerned.owners(),
                // The repository that was come to may not have been told to its end.
                (owner, within) -> MysqlCandidates.each(
                        candidates.owned(owner),
                        within.last() - 1,
                        ids -> within.each(new TreeSet<>(ids), (id, people) -> wholeOf(owner, id, people))));
    }

    private boolean wholeOf(long owner, long id, Walk walk) throws LookupUnavailable {
        if (concerned.repositories().contains(id)) {
            return true;
        }
        var repository = new RepositoryReach(moments, id);
        return !repository.owners().contains(owner) || repository.each(walk);
    }

    private boolean accounts(Walk walk) throws LookupUnavailable {
        var all = new TreeSet<>(concerned.accounts());
        all.addAll(concerned.memberships().keySet());
        return walk.each(
                all,
                (account, within) -> AccountReach.of(moments, account)
                        .ofRepositories(id -> !concerned.repositories().contains(id))
                        .ofOwners(owner ->
                                !concerned.owners().contains(owner) && concerned.isEverywhereIn(owner, account))
                        .each(MysqlAudit.Scope.GRANTED, within));
    }

    private boolean parts(Walk walk) throws LookupUnavailable {
        for (var moved : concerned.movedTeams().entrySet()) {
            for (long team : moved.getValue()) {
                concernRepositoriesOf(moved.getKey(), team);
            }
        }
        var repositories = new TreeSet<>(concerned.parts().keySet());
        repositories.removeAll(concerned.repositories());
        return walk.inTurn(
                keys -> keys.each(repositories, this::deployKeys),
                teams -> teams.each(repositories, this::peopleOfTeams),
                people -> people(repositories, people));
    }

    private boolean deployKeys(long id, Walk walk) throws LookupUnavailable {
        if (!concerned.part(id).deployKeys()) {
            return true;
        }
        var repository = new RepositoryReach(moments, id);
        return repository.owners().stream().anyMatch(concerned.owners()::contains) || repository.deployKeys(walk);
    }

    private boolean peopleOfTeams(long repository, Walk walk) throws LookupUnavailable {
        var part = concerned.part(repository);
        if (part.teams().isEmpty()) {
            return true;
        }
        Set<Long> teams = withThoseBelow(part.organization(), part.teams());
        return MysqlCandidates.each(candidates.members(teams), walk.last(), ids -> {
            var others = new TreeSet<>(ids);
            others.removeAll(part.accounts());
            return pairs(
                    new TreeMap<>(Map.of(repository, others)), (_, account, reached) -> walk.take(account, reached));
        });
    }

    private boolean people(NavigableSet<Long> repositories, Walk walk) throws LookupUnavailable {
        PairsReach.Taker taker =
                (repository, account, reached) -> walk.within(repository).take(account, reached);
        NavigableMap<Long, Set<Long>> pairs = new TreeMap<>();
        var count = new AtomicInteger();
        boolean goOn = walk.each(repositories, (repository, within) -> {
            for (long account : new TreeSet<>(concerned.part(repository).accounts()).tailSet(within.last(), false)) {
                pairs.computeIfAbsent(repository, _ -> new TreeSet<>()).add(account);
                if (count.incrementAndGet() % PAIRS_AT_ONCE == 0) {
                    if (!pairs(pairs, taker)) {
                        return false;
                    }
                    pairs.clear();
                }
            }
            return true;
        });
        return goOn && pairs(pairs, taker);
    }

    /** Those that have not come with their repositories or accounts. */
    private boolean pairs(NavigableMap<Long, ? extends Collection<Long>> pairs, PairsReach.Taker taker)
            throws LookupUnavailable {
        return new PairsReach(moments)
                .each(
                        pairs,
                        (seen, account) -> seen.lastOwner(owner ->
                                        concerned.owners().contains(owner) || concerned.isEverywhereIn(owner, account))
                                == 0,
                        taker);
    }

    /** Everybody in a team that was moved has, or had, what those above it were given. */
    private void concernRepositoriesOf(long organization, long team) throws LookupUnavailable {
        Set<Long> giving = new TreeSet<>();
        for (MysqlMoment moment : moments) {
            Team.upwards(moment.state().teams(Set.of(organization)), team).forEach(above -> giving.add(above.id()));
        }
        for (long above : giving) {
            MysqlCandidates.each(candidates.ofTeam(above), 0, ids -> {
                ids.forEach(id -> concerned.part(id).team(team, organization));
                return true;
            });
        }
    }

    private Set<Long> withThoseBelow(long organization, Set<Long> teams) {
        Set<Long> all = new TreeSet<>(teams);
        for (MysqlMoment moment : moments) {
            Map<Long, Team> there = moment.state().teams(Set.of(organization));
            for (long team : there.keySet()) {
                if (Team.upwards(there, team).stream().anyMatch(above -> teams.contains(above.id()))) {
                    all.add(team);
                }
            }
        }
        return all;
    }
}
