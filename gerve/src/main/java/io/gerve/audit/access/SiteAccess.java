package io.gerve.audit.access;

import io.gerve.audit.snapshot.SnapshotRows.RecordedTeam;
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
public final class SiteAccess {
    /** What is asked for them is one query for each kind of fact. */
    private static final int PAIRS_AT_ONCE = 500;

    private final List<MysqlSnapshot> moments;
    private final MysqlAffectedSubjects affected;
    private final MysqlCandidates candidates;

    /** @param moments the earliest first */
    public SiteAccess(List<MysqlSnapshot> moments, MysqlAffectedSubjects concerned) {
        this.moments = moments;
        this.affected = concerned;
        this.candidates = new MysqlCandidates(moments.getFirst().state());
    }

    /** @return whether to go on */
    public boolean each(Traversal walk) throws LookupUnavailable {
        return walk.inSequence(
                this::fullyAffectedRepositories,
                this::fullyAffectedOwners,
                this::accounts,
                this::partlyAffectedRepositories);
    }

    private boolean fullyAffectedRepositories(Traversal walk) throws LookupUnavailable {
        return walk.each(
                affected.repositories(),
                (repository, within) -> new RepositoryAccess(moments, repository).each(within));
    }

    private boolean fullyAffectedOwners(Traversal walk) throws LookupUnavailable {
        return walk.each(
                affected.owners(),
                // The repository that was come to may not have been told to its end.
                (owner, within) -> MysqlCandidates.each(
                        candidates.ownedBy(owner),
                        within.last() - 1,
                        ids -> within.each(new TreeSet<>(ids), (id, people) -> repositoriesOf(owner, id, people))));
    }

    private boolean repositoriesOf(long owner, long id, Traversal walk) throws LookupUnavailable {
        if (affected.repositories().contains(id)) {
            return true;
        }
        var repository = new RepositoryAccess(moments, id);
        return !repository.owners().contains(owner) || repository.each(walk);
    }

    private boolean accounts(Traversal walk) throws LookupUnavailable {
        var all = new TreeSet<>(affected.accounts());
        all.addAll(affected.memberships().keySet());
        return walk.each(
                all,
                (account, within) -> AccountAccess.of(moments, account)
                        .ofRepositories(id -> !affected.repositories().contains(id))
                        .ofOwners(
                                owner -> !affected.owners().contains(owner) && affected.isFullyAffected(owner, account))
                        .each(AccessScope.GRANTED, within));
    }

    private boolean partlyAffectedRepositories(Traversal walk) throws LookupUnavailable {
        for (var moved : affected.movedTeams().entrySet()) {
            for (long team : moved.getValue()) {
                affectsRepositoriesOf(moved.getKey(), team);
            }
        }
        var repositories = new TreeSet<>(affected.partlyAffected().keySet());
        repositories.removeAll(affected.repositories());
        return walk.inSequence(
                keys -> keys.each(repositories, this::deployKeys),
                teams -> teams.each(repositories, this::peopleOfTeams),
                people -> people(repositories, people));
    }

    private boolean deployKeys(long id, Traversal walk) throws LookupUnavailable {
        if (!affected.part(id).deployKeys()) {
            return true;
        }
        var repository = new RepositoryAccess(moments, id);
        return repository.owners().stream().anyMatch(affected.owners()::contains) || repository.deployKeys(walk);
    }

    private boolean peopleOfTeams(long repository, Traversal walk) throws LookupUnavailable {
        var part = affected.part(repository);
        if (part.teams().isEmpty()) {
            return true;
        }
        Set<Long> teams = withDescendants(part.organization(), part.teams());
        return MysqlCandidates.each(candidates.members(teams), walk.last(), ids -> {
            var others = new TreeSet<>(ids);
            others.removeAll(part.accounts());
            return pairs(
                    new TreeMap<>(Map.of(repository, others)), (_, account, reached) -> walk.accept(account, reached));
        });
    }

    private boolean people(NavigableSet<Long> repositories, Traversal walk) throws LookupUnavailable {
        PairAccess.Consumer taker =
                (repository, account, reached) -> walk.within(repository).accept(account, reached);
        NavigableMap<Long, Set<Long>> pairs = new TreeMap<>();
        var count = new AtomicInteger();
        boolean goOn = walk.each(repositories, (repository, within) -> {
            for (long account : new TreeSet<>(affected.part(repository).accounts()).tailSet(within.last(), false)) {
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
    private boolean pairs(NavigableMap<Long, ? extends Collection<Long>> pairs, PairAccess.Consumer taker)
            throws LookupUnavailable {
        return new PairAccess(moments)
                .forEach(
                        pairs,
                        (seen, account) -> seen.lastOwner(owner ->
                                        affected.owners().contains(owner) || affected.isFullyAffected(owner, account))
                                == 0,
                        taker);
    }

    /** Everybody in a team that was moved has, or had, what those above it were given. */
    private void affectsRepositoriesOf(long organization, long team) throws LookupUnavailable {
        Set<Long> giving = new TreeSet<>();
        for (MysqlSnapshot moment : moments) {
            RecordedTeam.upwards(moment.state().teams(Set.of(organization)), team)
                    .forEach(above -> giving.add(above.id()));
        }
        for (long above : giving) {
            MysqlCandidates.each(candidates.ofTeam(above), 0, ids -> {
                ids.forEach(id -> affected.part(id).team(team, organization));
                return true;
            });
        }
    }

    private Set<Long> withDescendants(long organization, Set<Long> teams) {
        Set<Long> all = new TreeSet<>(teams);
        for (MysqlSnapshot moment : moments) {
            Map<Long, RecordedTeam> there = moment.state().teams(Set.of(organization));
            for (long team : there.keySet()) {
                if (RecordedTeam.upwards(there, team).stream().anyMatch(above -> teams.contains(above.id()))) {
                    all.add(team);
                }
            }
        }
        return all;
    }
}
