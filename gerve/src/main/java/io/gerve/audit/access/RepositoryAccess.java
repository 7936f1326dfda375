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

/** Everybody who reaches a repository, at one time or at several, the earliest first. */
public final class RepositoryAccess {
    private static final long EVERYBODY = 1;

    private final List<MysqlSnapshot> moments;
    private final long repository;
    private final List<Optional<RecordedRepository>> owned = new ArrayList<>();

    public RepositoryAccess(List<MysqlSnapshot> moments, long repository) {
        this.moments = moments;
        this.repository = repository;
        for (MysqlSnapshot moment : moments) {
            owned.add(Optional.ofNullable(new MysqlSnapshotRepositories(moment.state())
                    .repositories(List.of(repository))
                    .get(repository)));
        }
    }

    /** At the times; none if there was no such repository. */
    Set<Long> owners() {
        return byOwner().keySet();
    }

    private Map<Long, Repository> byOwner() {
        Map<Long, Repository> byOwner = new TreeMap<>();
        byNameThen().forEach(had -> byOwner.put(had.ownerId(), had));
        return byOwner;
    }

    private Stream<Repository> byNameThen() {
        return owned.stream().flatMap(Optional::stream).map(RecordedRepository::repository);
    }

    /** First everybody, then deploy keys, then people.
     *  @return whether to go on */
    public boolean each(Traversal walk) throws LookupUnavailable {
        return walk.inSequence(this::everybody, this::deployKeys, this::people);
    }

    private boolean everybody(Traversal walk) throws LookupUnavailable {
        return walk.last() == EVERYBODY
                || takes(EVERYBODY, walk, (time, had) -> moments.get(time).everybody(had));
    }

    /** @return whether to go on */
    boolean deployKeys(Traversal walk) throws LookupUnavailable {
        List<Map<Long, Role>> rights = moments.stream()
                .map(moment -> new MysqlDeployKeyRights(moment.state()).ofRepository(repository))
                .toList();
        var keys = new TreeSet<Long>();
        rights.forEach(right -> keys.addAll(right.keySet()));
        for (long key : keys.tailSet(walk.last(), false)) {
            boolean goOn = takes(key, walk, (time, had) -> {
                Optional<Role> role = Optional.ofNullable(rights.get(time).get(key));
                MysqlSnapshot moment = moments.get(time);
                return role.isPresent() ? moment.deployKey(had, key, role.get()) : Optional.empty();
            });
            if (!goOn) {
                return false;
            }
        }
        return true;
    }

    private boolean people(Traversal walk) throws LookupUnavailable {
        var candidates = new MysqlCandidates(moments.getFirst().state())
                .accounts(byOwner().values());
        var pairs = new PairAccess(moments);
        return MysqlCandidates.each(
                candidates,
                walk.last(),
                ids -> pairs.forEach(
                        new TreeMap<>(Map.of(repository, ids)),
                        (_, _) -> true,
                        (_, account, reached) -> walk.accept(account, reached)));
    }

    private interface Projection {
        Optional<AccessEntry> at(int time, RecordedRepository had) throws LookupUnavailable;
    }

    private boolean takes(long step, Traversal walk, Projection view) throws LookupUnavailable {
        List<Optional<AccessEntry>> reaches = new ArrayList<>();
        for (int i = 0; i < moments.size(); i++) {
            Optional<RecordedRepository> had = owned.get(i);
            reaches.add(had.isPresent() ? view.at(i, had.get()) : Optional.empty());
        }
        return reaches.stream().allMatch(Optional::isEmpty)
                || walk.accept(step, AccessHistory.of(byNameThen(), reaches));
    }
}
