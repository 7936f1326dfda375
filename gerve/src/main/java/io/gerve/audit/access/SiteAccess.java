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
 * Audit of the access at two times that changes in between may affect. Each pair of principal and repository is
 * reported once: with the repository if it is fully affected, else with the account if it is affected in all of the
 * owner's repositories, else by itself.
 */
public final class SiteAccess {
    /** The number of pairs whose facts are read together, with one query for each kind of fact. */
    private static final int PAIRS_AT_ONCE = 500;

    private final List<MysqlSnapshot> snapshots;
    private final MysqlAffectedSubjects affected;
    private final MysqlCandidates candidates;

    /** @param snapshots the earliest first */
    public SiteAccess(List<MysqlSnapshot> snapshots, MysqlAffectedSubjects affected) {
        this.snapshots = snapshots;
        this.affected = affected;
        this.candidates = new MysqlCandidates(snapshots.getFirst().state());
    }

    /**
     * Reports the access.
     *
     * @return whether to continue
     */
    public boolean each(Traversal traversal) throws LookupUnavailable {
        return traversal.inSequence(
                this::fullyAffectedRepositories,
                this::fullyAffectedOwners,
                this::accounts,
                this::partlyAffectedRepositories);
    }

    private boolean fullyAffectedRepositories(Traversal traversal) throws LookupUnavailable {
        return traversal.each(
                affected.repositories(),
                (repository, within) -> new RepositoryAccess(snapshots, repository).each(within));
    }

    private boolean fullyAffectedOwners(Traversal traversal) throws LookupUnavailable {
        return traversal.each(
                affected.owners(),
                // The repository at the cursor may not have been reported completely.
                (owner, within) -> MysqlCandidates.each(
                        candidates.ownedBy(owner),
                        within.last() - 1,
                        ids -> within.each(new TreeSet<>(ids), (id, people) -> repositoriesOf(owner, id, people))));
    }

    private boolean repositoriesOf(long owner, long id, Traversal traversal) throws LookupUnavailable {
        if (affected.repositories().contains(id)) {
            return true;
        }
        var repository = new RepositoryAccess(snapshots, id);
        return !repository.owners().contains(owner) || repository.each(traversal);
    }

    private boolean accounts(Traversal traversal) throws LookupUnavailable {
        var all = new TreeSet<>(affected.accounts());
        all.addAll(affected.memberships().keySet());
        return traversal.each(
                all,
                (account, within) -> AccountAccess.of(snapshots, account)
                        .ofRepositories(id -> !affected.repositories().contains(id))
                        .ofOwners(
                                owner -> !affected.owners().contains(owner) && affected.isFullyAffected(owner, account))
                        .each(AccessScope.GRANTED, within));
    }

    private boolean partlyAffectedRepositories(Traversal traversal) throws LookupUnavailable {
        for (var moved : affected.movedTeams().entrySet()) {
            for (long team : moved.getValue()) {
                addRepositoriesOf(moved.getKey(), team);
            }
        }
        var repositories = new TreeSet<>(affected.partlyAffected().keySet());
        repositories.removeAll(affected.repositories());
        return traversal.inSequence(
                keys -> keys.each(repositories, this::deployKeys),
                teams -> teams.each(repositories, this::peopleOfTeams),
                people -> people(repositories, people));
    }

    private boolean deployKeys(long id, Traversal traversal) throws LookupUnavailable {
        if (!affected.part(id).deployKeys()) {
            return true;
        }
        var repository = new RepositoryAccess(snapshots, id);
        return repository.owners().stream().anyMatch(affected.owners()::contains) || repository.deployKeys(traversal);
    }

    private boolean peopleOfTeams(long repository, Traversal traversal) throws LookupUnavailable {
        var part = affected.part(repository);
        if (part.teams().isEmpty()) {
            return true;
        }
        Set<Long> teams = withDescendants(part.organization(), part.teams());
        return MysqlCandidates.each(candidates.members(teams), traversal.last(), ids -> {
            var others = new TreeSet<>(ids);
            others.removeAll(part.accounts());
            return pairs(
                    new TreeMap<>(Map.of(repository, others)),
                    (_, account, history) -> traversal.accept(account, history));
        });
    }

    private boolean people(NavigableSet<Long> repositories, Traversal traversal) throws LookupUnavailable {
        PairAccess.Consumer consumer =
                (repository, account, history) -> traversal.within(repository).accept(account, history);
        NavigableMap<Long, Set<Long>> pairs = new TreeMap<>();
        var count = new AtomicInteger();
        boolean isContinued = traversal.each(repositories, (repository, within) -> {
            for (long account : new TreeSet<>(affected.part(repository).accounts()).tailSet(within.last(), false)) {
                pairs.computeIfAbsent(repository, _ -> new TreeSet<>()).add(account);
                if (count.incrementAndGet() % PAIRS_AT_ONCE == 0) {
                    if (!pairs(pairs, consumer)) {
                        return false;
                    }
                    pairs.clear();
                }
            }
            return true;
        });
        return isContinued && pairs(pairs, consumer);
    }

    /** Reports the pairs that were not reported with their repositories or accounts. */
    private boolean pairs(NavigableMap<Long, ? extends Collection<Long>> pairs, PairAccess.Consumer consumer)
            throws LookupUnavailable {
        return new PairAccess(snapshots)
                .forEach(
                        pairs,
                        (evaluated, account) -> evaluated.lastOwner(owner ->
                                        affected.owners().contains(owner) || affected.isFullyAffected(owner, account))
                                == 0,
                        consumer);
    }

    /** Marks the repositories granted to the ancestors of a moved team: its members have, or had, these grants. */
    private void addRepositoriesOf(long organization, long team) throws LookupUnavailable {
        Set<Long> granting = new TreeSet<>();
        for (MysqlSnapshot snapshot : snapshots) {
            RecordedTeam.upwards(snapshot.state().teams(Set.of(organization)), team)
                    .forEach(above -> granting.add(above.id()));
        }
        for (long above : granting) {
            MysqlCandidates.each(candidates.ofTeam(above), 0, ids -> {
                ids.forEach(id -> affected.part(id).team(team, organization));
                return true;
            });
        }
    }

    private Set<Long> withDescendants(long organization, Set<Long> teams) {
        Set<Long> all = new TreeSet<>(teams);
        for (MysqlSnapshot snapshot : snapshots) {
            Map<Long, RecordedTeam> teamsThen = snapshot.state().teams(Set.of(organization));
            for (long team : teamsThen.keySet()) {
                if (RecordedTeam.upwards(teamsThen, team).stream().anyMatch(above -> teams.contains(above.id()))) {
                    all.add(team);
                }
            }
        }
        return all;
    }
}
