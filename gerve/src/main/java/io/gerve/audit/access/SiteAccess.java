package io.gerve.audit.access;

import io.gerve.audit.snapshot.SnapshotRows.Pair;
import io.gerve.audit.snapshot.SnapshotRows.RecordedTeam;
import io.gerve.lookup.LookupUnavailable;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

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

    /** Returns a row for each pair. */
    public Results<AccessHistory> rows(Loop loop) {
        return loop.inSequence(
                this::fullyAffectedRepositories,
                this::fullyAffectedOwners,
                this::accounts,
                this::partlyAffectedRepositories);
    }

    private Results<AccessHistory> fullyAffectedRepositories(Loop loop) {
        return loop.each(
                affected.repositories(),
                (repository, within) -> new RepositoryAccess(snapshots, repository).rows(within));
    }

    private Results<AccessHistory> fullyAffectedOwners(Loop loop) {
        return loop.each(
                affected.owners(),
                // The repository at the cursor may not have been reported completely.
                (owner, within) -> candidates
                        .ownedBy(owner, within.last() - 1)
                        .flatMap(ids ->
                                within.each(new TreeSet<>(ids), (id, people) -> repositoryOf(owner, id, people))));
    }

    private Results<AccessHistory> repositoryOf(long owner, long id, Loop loop) {
        if (affected.repositories().contains(id)) {
            return Results.none();
        }
        var repository = new RepositoryAccess(snapshots, id);
        return repository.owners().contains(owner) ? repository.rows(loop) : Results.none();
    }

    private Results<AccessHistory> accounts(Loop loop) {
        var all = new TreeSet<>(affected.accounts());
        all.addAll(affected.memberships().keySet());
        return loop.each(
                all,
                (account, within) -> AccountAccess.of(snapshots, account)
                        .ofRepositories(id -> !affected.repositories().contains(id))
                        .ofOwners(
                                owner -> !affected.owners().contains(owner) && affected.isFullyAffected(owner, account))
                        .rows(AccessScope.GRANTED, within));
    }

    private Results<AccessHistory> partlyAffectedRepositories(Loop loop) throws LookupUnavailable {
        for (var moved : affected.movedTeams().entrySet()) {
            for (long team : moved.getValue()) {
                addRepositoriesOf(moved.getKey(), team);
            }
        }
        var repositories = new TreeSet<>(affected.partlyAffected().keySet());
        repositories.removeAll(affected.repositories());
        return loop.inSequence(
                keys -> keys.each(repositories, this::deployKeys),
                teams -> teams.each(repositories, this::peopleOfTeams),
                people -> people(repositories, people));
    }

    private Results<AccessHistory> deployKeys(long id, Loop loop) {
        if (!affected.part(id).deployKeys()) {
            return Results.none();
        }
        var repository = new RepositoryAccess(snapshots, id);
        return repository.owners().stream().anyMatch(affected.owners()::contains)
                ? Results.none()
                : repository.deployKeys(loop);
    }

    private Results<AccessHistory> peopleOfTeams(long repository, Loop loop) {
        var part = affected.part(repository);
        if (part.teams().isEmpty()) {
            return Results.none();
        }
        Set<Long> teams = withDescendants(part.organization(), part.teams());
        return candidates
                .members(teams, loop.last())
                .flatMap(ids -> rows(
                        ids.stream()
                                .filter(id -> !part.accounts().contains(id))
                                .map(id -> new Pair(repository, id))
                                .toList(),
                        pair -> loop.cursor(pair.other())));
    }

    private Results<AccessHistory> people(NavigableSet<Long> repositories, Loop loop) {
        Results<Pair> pairsInOrder = loop.each(
                repositories,
                (repository, within) ->
                        Results.of(new TreeSet<>(affected.part(repository).accounts())
                                .tailSet(within.last(), false).stream()
                                        .map(account -> new Pair(repository, account))
                                        .toList()));
        return pairsInOrder
                .chunks(PAIRS_AT_ONCE)
                .flatMap(pairs -> rows(pairs, pair -> loop.within(pair.one()).cursor(pair.other())));
    }

    /** Returns the rows of the pairs that are not reported with their repositories or accounts. */
    private Results<AccessHistory> rows(List<Pair> pairs, Function<Pair, Cursor> cursorOf) throws LookupUnavailable {
        return Results.of(new PairAccess(snapshots)
                .of(
                        pairs,
                        (evaluated, account) -> evaluated.lastOwner(owner ->
                                        affected.owners().contains(owner) || affected.isFullyAffected(owner, account))
                                == 0,
                        cursorOf));
    }

    /** Marks the repositories granted to the ancestors of a moved team: its members have, or had, these grants. */
    private void addRepositoriesOf(long organization, long team) throws LookupUnavailable {
        Set<Long> granting = new TreeSet<>();
        for (MysqlSnapshot snapshot : snapshots) {
            RecordedTeam.upwards(snapshot.state().teams(Set.of(organization)), team)
                    .forEach(above -> granting.add(above.id()));
        }
        for (long above : granting) {
            candidates
                    .ofTeam(above, 0)
                    .flatMap(Results::of)
                    .forEach(id -> affected.part(id).team(team, organization));
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
