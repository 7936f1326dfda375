package io.gerve.audit.access;

import io.gerve.audit.snapshot.SnapshotRows.Pair;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The access of many pairs of account and repository, read together, at one or several times. */
final class PairAccess {
    private final List<MysqlSnapshot> snapshots;

    /** @param snapshots the earliest first */
    PairAccess(List<MysqlSnapshot> snapshots) {
        this.snapshots = snapshots;
    }

    interface Filter {
        boolean matches(EvaluatedAccess evaluated, long account);
    }

    /**
     * Returns the pairs that the filter accepts and whose account was granted access to the repository. Access that an
     * account has only because the repository is public does not count.
     *
     * @param pairs the repositories and accounts to examine
     * @param cursorOf returns the cursor of a pair
     */
    List<AccessHistory> of(Collection<Pair> pairs, Filter choice, Function<Pair, Cursor> cursorOf)
            throws LookupUnavailable {
        Set<Long> repositories = pairs.stream().map(Pair::one).collect(Collectors.toSet());
        Set<Long> accounts = pairs.stream().map(Pair::other).collect(Collectors.toSet());
        List<GrantRelations> relations = new ArrayList<>();
        List<Map<Long, RegisteredKey>> keys = new ArrayList<>();
        for (MysqlSnapshot snapshot : snapshots) {
            relations.add(new GrantRelations(snapshot.state(), repositories, accounts));
            keys.add(snapshot.activeKeysOf(accounts));
        }
        List<AccessHistory> rows = new ArrayList<>();
        for (Pair pair : pairs) {
            long account = pair.other();
            EvaluatedAccess evaluated = EvaluatedAccess.of(relations, pair.one(), account);
            if (evaluated.atAnyTime(EffectiveAccess::isGrantedDirectly) && choice.matches(evaluated, account)) {
                List<Optional<RegisteredKey>> keysOfOne = keys.stream()
                        .map(all -> Optional.ofNullable(all.get(account)))
                        .toList();
                rows.add(evaluated.history(cursorOf.apply(pair), snapshots, keysOfOne));
            }
        }
        return rows;
    }
}
