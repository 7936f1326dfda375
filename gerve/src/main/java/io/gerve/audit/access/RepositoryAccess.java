package io.gerve.audit.access;

import io.gerve.access.Repository;
import io.gerve.access.Role;
import io.gerve.audit.snapshot.MysqlDeployKeyRights;
import io.gerve.audit.snapshot.MysqlSnapshotRepositories;
import io.gerve.audit.snapshot.SnapshotRows.Pair;
import io.gerve.audit.snapshot.SnapshotRows.RecordedRepository;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Audit of the principals with access to a repository, at one or several times, the earliest first. */
public final class RepositoryAccess {
    private static final long EVERYBODY = 1;

    private final List<MysqlSnapshot> snapshots;
    private final long repository;
    private final List<Optional<RecordedRepository>> recordedAt = new ArrayList<>();

    public RepositoryAccess(List<MysqlSnapshot> snapshots, long repository) {
        this.snapshots = snapshots;
        this.repository = repository;
        for (MysqlSnapshot snapshot : snapshots) {
            recordedAt.add(Optional.ofNullable(new MysqlSnapshotRepositories(snapshot.state())
                    .repositories(List.of(repository))
                    .get(repository)));
        }
    }

    /** Returns the owners at the times; empty if there was no such repository. */
    Set<Long> owners() {
        return byOwner().keySet();
    }

    private Map<Long, Repository> byOwner() {
        Map<Long, Repository> byOwner = new TreeMap<>();
        repositories().forEach(recorded -> byOwner.put(recorded.ownerId(), recorded));
        return byOwner;
    }

    private Stream<Repository> repositories() {
        return recordedAt.stream().flatMap(Optional::stream).map(RecordedRepository::repository);
    }

    /** Returns the row for everybody, then those of deploy keys, then those of accounts. */
    public Results<AccessHistory> rows(Loop loop) {
        return loop.inSequence(this::everybody, this::deployKeys, this::people);
    }

    private Results<AccessHistory> everybody(Loop loop) throws LookupUnavailable {
        return loop.last() == EVERYBODY
                ? Results.none()
                : row(
                        loop.cursor(EVERYBODY),
                        (time, recorded) -> snapshots.get(time).everybody(recorded));
    }

    /** Returns the rows of deploy keys. */
    Results<AccessHistory> deployKeys(Loop loop) {
        List<Map<Long, Role>> rights = snapshots.stream()
                .map(snapshot -> new MysqlDeployKeyRights(snapshot.state()).ofRepository(repository))
                .toList();
        var keys = new TreeSet<Long>();
        rights.forEach(right -> keys.addAll(right.keySet()));
        return Results.of(keys.tailSet(loop.last(), false))
                .flatMap(key -> row(loop.cursor(key), (time, recorded) -> {
                    Optional<Role> role = Optional.ofNullable(rights.get(time).get(key));
                    MysqlSnapshot snapshot = snapshots.get(time);
                    return role.isPresent() ? snapshot.deployKey(recorded, key, role.get()) : Optional.empty();
                }));
    }

    private Results<AccessHistory> people(Loop loop) {
        var pairs = new PairAccess(snapshots);
        return new MysqlCandidates(snapshots.getFirst().state())
                .accounts(byOwner().values(), loop.last())
                .flatMap(ids -> Results.of(pairs.of(
                        ids.stream().map(id -> new Pair(repository, id)).toList(),
                        (_, _) -> true,
                        pair -> loop.cursor(pair.other()))));
    }

    private interface Projection {
        Optional<AccessEntry> at(int time, RecordedRepository recorded) throws LookupUnavailable;
    }

    /** Returns the row of a principal, or none if it had no access at any time. */
    private Results<AccessHistory> row(Cursor cursor, Projection projection) throws LookupUnavailable {
        List<Optional<AccessEntry>> entries = new ArrayList<>();
        for (int i = 0; i < snapshots.size(); i++) {
            Optional<RecordedRepository> recorded = recordedAt.get(i);
            entries.add(recorded.isPresent() ? projection.at(i, recorded.get()) : Optional.empty());
        }
        return entries.stream().allMatch(Optional::isEmpty)
                ? Results.none()
                : Results.of(List.of(AccessHistory.of(cursor, repositories(), entries)));
    }
}
