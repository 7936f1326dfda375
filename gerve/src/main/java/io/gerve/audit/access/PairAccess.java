package io.gerve.audit.access;

import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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

    interface Consumer {
        /**
         * Accepts a row.
         *
         * @return whether to continue
         */
        boolean accept(long repository, long account, AccessHistory history) throws LookupUnavailable;
    }

    /**
     * Passes on the pairs with access other than that the repository is public.
     *
     * @param accountsOf the accounts to examine, by repository
     * @return whether to continue
     */
    boolean forEach(NavigableMap<Long, ? extends Collection<Long>> accountsOf, Filter choice, Consumer consumer)
            throws LookupUnavailable {
        Set<Long> accounts = new TreeSet<>();
        accountsOf.values().forEach(accounts::addAll);
        List<GrantRelations> relations = new ArrayList<>();
        List<Map<Long, RegisteredKey>> keys = new ArrayList<>();
        for (MysqlSnapshot snapshot : snapshots) {
            relations.add(new GrantRelations(snapshot.state(), accountsOf.keySet(), accounts));
            keys.add(snapshot.activeKeysOf(accounts));
        }
        for (var one : accountsOf.entrySet()) {
            for (long account : one.getValue()) {
                EvaluatedAccess evaluated = EvaluatedAccess.of(relations, one.getKey(), account);
                List<Optional<RegisteredKey>> keysOfOne = keys.stream()
                        .map(all -> Optional.ofNullable(all.get(account)))
                        .toList();
                if (evaluated.atAnyTime(EffectiveAccess::isGrantedDirectly)
                        && choice.matches(evaluated, account)
                        && !consumer.accept(one.getKey(), account, evaluated.history(snapshots, keysOfOne))) {
                    return false;
                }
            }
        }
        return true;
    }
}
