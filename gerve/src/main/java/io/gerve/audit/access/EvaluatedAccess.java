package io.gerve.audit.access;

import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * What one somebody has on one repository, at one time or at several.
 *
 * @param accesses in the order of the times; empty where there was no such repository
 */
record EvaluatedAccess(List<Optional<EffectiveAccess>> accesses) {
    EvaluatedAccess {
        accesses = List.copyOf(accesses);
    }

    static EvaluatedAccess of(List<GrantRelations> relations, long repository, long account) {
        return new EvaluatedAccess(relations.stream()
                .map(relation -> Optional.ofNullable(relation.repositories().get(repository))
                        .map(owned -> relation.of(account, owned)))
                .toList());
    }

    /** What the gate makes of it; at one of the times at least there was such a repository.
     *  @param keys the one's, at each of the times; empty if there was no such one */
    AccessHistory history(List<MysqlSnapshot> moments, List<Optional<RegisteredKey>> keys) throws LookupUnavailable {
        List<Optional<AccessEntry>> reaches = new ArrayList<>();
        for (int i = 0; i < accesses.size(); i++) {
            Optional<EffectiveAccess> standing = accesses.get(i).filter(EffectiveAccess::grantsAnything);
            Optional<RegisteredKey> key = keys.get(i);
            reaches.add(
                    key.isPresent() && standing.isPresent()
                            ? Optional.of(moments.get(i).entry(key.get(), standing.get()))
                            : Optional.empty());
        }
        return AccessHistory.of(
                accesses.stream()
                        .flatMap(Optional::stream)
                        .map(standing -> standing.facts().repository()),
                reaches);
    }

    boolean atAnyTime(Predicate<EffectiveAccess> what) {
        return accesses.stream().flatMap(Optional::stream).anyMatch(what);
    }

    /** The last owner of whom it is true.
     *  @return 0 if there is none */
    long lastOwner(LongPredicate which) {
        return accesses.reversed().stream()
                .flatMap(Optional::stream)
                .mapToLong(standing -> standing.facts().repository().ownerId())
                .filter(which)
                .findFirst()
                .orElse(0);
    }
}
