package io.gerve.audit;

import io.gerve.access.Repository;
import io.gerve.access.Role;
import io.gerve.audit.Recorded.Owned;
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
final class RepositoryReach {
    private static final long EVERYBODY = 1;

    private final List<MysqlMoment> moments;
    private final long repository;
    private final List<Optional<Owned>> owned = new ArrayList<>();

    RepositoryReach(List<MysqlMoment> moments, long repository) {
        this.moments = moments;
        this.repository = repository;
        for (MysqlMoment moment : moments) {
            owned.add(Optional.ofNullable(new MysqlRepositoryState(moment.state())
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
        asItWas().forEach(had -> byOwner.put(had.ownerId(), had));
        return byOwner;
    }

    private Stream<Repository> asItWas() {
        return owned.stream().flatMap(Optional::stream).map(Owned::repository);
    }

    /** First everybody, then deploy keys, then people.
     *  @return whether to go on */
    boolean each(Walk walk) throws LookupUnavailable {
        return walk.inTurn(this::everybody, this::deployKeys, this::people);
    }

    private boolean everybody(Walk walk) throws LookupUnavailable {
        return walk.last() == EVERYBODY
                || takes(EVERYBODY, walk, (time, had) -> moments.get(time).everybody(had));
    }

    /** @return whether to go on */
    boolean deployKeys(Walk walk) throws LookupUnavailable {
        List<Map<Long, Role>> rights = moments.stream()
                .map(moment -> new MysqlDeployRights(moment.state()).ofRepository(repository))
                .toList();
        var keys = new TreeSet<Long>();
        rights.forEach(right -> keys.addAll(right.keySet()));
        for (long key : keys.tailSet(walk.last(), false)) {
            boolean goOn = takes(key, walk, (time, had) -> {
                Optional<Role> role = Optional.ofNullable(rights.get(time).get(key));
                MysqlMoment moment = moments.get(time);
                return role.isPresent() ? moment.deployKey(had, key, role.get()) : Optional.empty();
            });
            if (!goOn) {
                return false;
            }
        }
        return true;
    }

    private boolean people(Walk walk) throws LookupUnavailable {
        var candidates = new MysqlCandidates(moments.getFirst().state())
                .accounts(byOwner().values());
        var pairs = new PairsReach(moments);
        return MysqlCandidates.each(
                candidates,
                walk.last(),
                ids -> pairs.each(
                        new TreeMap<>(Map.of(repository, ids)),
                        (_, _) -> true,
                        (_, account, reached) -> walk.take(account, reached)));
    }

    private interface View {
        Optional<Reach> at(int time, Owned had) throws LookupUnavailable;
    }

    private boolean takes(long step, Walk walk, View view) throws LookupUnavailable {
        List<Optional<Reach>> reaches = new ArrayList<>();
        for (int i = 0; i < moments.size(); i++) {
            Optional<Owned> had = owned.get(i);
            reaches.add(had.isPresent() ? view.at(i, had.get()) : Optional.empty());
        }
        return reaches.stream().allMatch(Optional::isEmpty) || walk.take(step, Reached.of(asItWas(), reaches));
    }
}
