package io.gerve.audit;

import io.gerve.keylookup.key.KnownKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * What one somebody has on one repository, at one time or at several.
 *
 * @param standings in the order of the times; empty where there was no such repository
 */
record Seen(List<Optional<Standing>> standings) {
    Seen {
        standings = List.copyOf(standings);
    }

    static Seen of(List<Relations> relations, long repository, long account) {
        return new Seen(relations.stream()
                .map(relation -> Optional.ofNullable(relation.repositories().get(repository))
                        .map(owned -> relation.of(account, owned)))
                .toList());
    }

    /** What the gate makes of it; at one of the times at least there was such a repository.
     *  @param keys the one's, at each of the times; empty if there was no such one */
    Reached reached(List<MysqlMoment> moments, List<Optional<KnownKey>> keys) throws LookupUnavailable {
        List<Optional<Reach>> reaches = new ArrayList<>();
        for (int i = 0; i < standings.size(); i++) {
            Optional<Standing> standing = standings.get(i).filter(Standing::isSomething);
            Optional<KnownKey> key = keys.get(i);
            reaches.add(
                    key.isPresent() && standing.isPresent()
                            ? Optional.of(moments.get(i).reach(key.get(), standing.get()))
                            : Optional.empty());
        }
        return Reached.of(
                standings.stream()
                        .flatMap(Optional::stream)
                        .map(standing -> standing.findings().repository()),
                reaches);
    }

    boolean atAnyTime(Predicate<Standing> what) {
        return standings.stream().flatMap(Optional::stream).anyMatch(what);
    }

    /** The last owner of whom it is true.
     *  @return 0 if there is none */
    long lastOwner(LongPredicate which) {
        return standings.reversed().stream()
                .flatMap(Optional::stream)
                .mapToLong(standing -> standing.findings().repository().ownerId())
                .filter(which)
                .findFirst()
                .orElse(0);
    }
}
