package io.gerve.audit.access;

import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * The rights of one principal to one repository, at one or several times.
 *
 * @param accesses the rights at each time, in order; empty if there was no such repository
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

    /**
     * Returns the access that the gate decides on. The repository must have existed at one time at least.
     *
     * @param keys a key of the principal at each time; empty if there was no such principal
     */
    AccessHistory history(Cursor cursor, List<MysqlSnapshot> snapshots, List<Optional<RegisteredKey>> keys)
            throws LookupUnavailable {
        List<Optional<AccessEntry>> entries = new ArrayList<>();
        for (int i = 0; i < accesses.size(); i++) {
            Optional<EffectiveAccess> access = accesses.get(i).filter(EffectiveAccess::grantsAnything);
            Optional<RegisteredKey> key = keys.get(i);
            entries.add(
                    key.isPresent() && access.isPresent()
                            ? Optional.of(snapshots.get(i).entry(key.get(), access.get()))
                            : Optional.empty());
        }
        return AccessHistory.of(
                cursor,
                accesses.stream()
                        .flatMap(Optional::stream)
                        .map(access -> access.facts().repository()),
                entries);
    }

    boolean atAnyTime(Predicate<EffectiveAccess> condition) {
        return accesses.stream().flatMap(Optional::stream).anyMatch(condition);
    }

    /** Returns the last owner that matches, or 0 if there is none. */
    long lastOwner(LongPredicate filter) {
        return accesses.reversed().stream()
                .flatMap(Optional::stream)
                .mapToLong(access -> access.facts().repository().ownerId())
                .filter(filter)
                .findFirst()
                .orElse(0);
    }
}
