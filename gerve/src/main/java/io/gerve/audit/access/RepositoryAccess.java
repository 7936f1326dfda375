package io.gerve.audit.access;

import io.gerve.access.Repository;
import io.gerve.access.Role;
import io.gerve.audit.snapshot.MysqlDeployKeyRights;
import io.gerve.audit.snapshot.MysqlSnapshotRepositories;
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

    /**
     * Reports the entry for everybody, then deploy keys, then accounts.
     *
     * @return whether to continue
     */
    public boolean each(Traversal traversal) throws LookupUnavailable {
        return traversal.inSequence(this::everybody, this::deployKeys, this::people);
    }

    private boolean everybody(Traversal traversal) throws LookupUnavailable {
        return traversal.last() == EVERYBODY
                || accept(
                        EVERYBODY,
                        traversal,
                        (time, recorded) -> snapshots.get(time).everybody(recorded));
    }

    /**
     * Reports deploy keys.
     *
     * @return whether to continue
     */
    boolean deployKeys(Traversal traversal) throws LookupUnavailable {
        List<Map<Long, Role>> rights = snapshots.stream()
                .map(snapshot -> new MysqlDeployKeyRights(snapshot.state()).ofRepository(repository))
                .toList();
        var keys = new TreeSet<Long>();
        rights.forEach(right -> keys.addAll(right.keySet()));
        for (long key : keys.tailSet(traversal.last(), false)) {
            boolean isContinued = accept(key, traversal, (time, recorded) -> {
                Optional<Role> role = Optional.ofNullable(rights.get(time).get(key));
                MysqlSnapshot snapshot = snapshots.get(time);
                return role.isPresent() ? snapshot.deployKey(recorded, key, role.get()) : Optional.empty();
            });
            if (!isContinued) {
                return false;
            }
        }
        return true;
    }

    private boolean people(Traversal traversal) throws LookupUnavailable {
        var candidates = new MysqlCandidates(snapshots.getFirst().state())
                .accounts(byOwner().values());
        var pairs = new PairAccess(snapshots);
        return MysqlCandidates.each(
                candidates,
                traversal.last(),
                ids -> pairs.forEach(
                        new TreeMap<>(Map.of(repository, ids)),
                        (_, _) -> true,
                        (_, account, history) -> traversal.accept(account, history)));
    }

    private interface Projection {
        Optional<AccessEntry> at(int time, RecordedRepository recorded) throws LookupUnavailable;
    }

    private boolean accept(long step, Traversal traversal, Projection projection) throws LookupUnavailable {
        List<Optional<AccessEntry>> entries = new ArrayList<>();
        for (int i = 0; i < snapshots.size(); i++) {
            Optional<RecordedRepository> recorded = recordedAt.get(i);
            entries.add(recorded.isPresent() ? projection.at(i, recorded.get()) : Optional.empty());
        }
        return entries.stream().allMatch(Optional::isEmpty)
                || traversal.accept(step, AccessHistory.of(repositories(), entries));
    }
}
