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

/** How accounts reach repositories, for many pairs of them found together, at one time or at several. */
final class PairAccess {
    private final List<MysqlSnapshot> moments;

    /** @param moments the earliest first */
    PairAccess(List<MysqlSnapshot> moments) {
        this.moments = moments;
    }

    interface Filter {
        boolean matches(EvaluatedAccess seen, long account);
    }

    interface Consumer {
        /** @return whether to go on */
        boolean accept(long repository, long account, AccessHistory reached) throws LookupUnavailable;
    }

    /** Those who have more on a repository than everybody.
     *  @param accountsOf the accounts to look at, by repository
     *  @return whether to go on */
    boolean forEach(NavigableMap<Long, ? extends Collection<Long>> accountsOf, Filter choice, Consumer taker)
            throws LookupUnavailable {
        Set<Long> accounts = new TreeSet<>();
        accountsOf.values().forEach(accounts::addAll);
        List<GrantRelations> relations = new ArrayList<>();
        List<Map<Long, RegisteredKey>> keys = new ArrayList<>();
        for (MysqlSnapshot moment : moments) {
            relations.add(new GrantRelations(moment.state(), accountsOf.keySet(), accounts));
            keys.add(moment.activeKeysOf(accounts));
        }
        for (var one : accountsOf.entrySet()) {
            for (long account : one.getValue()) {
                EvaluatedAccess seen = EvaluatedAccess.of(relations, one.getKey(), account);
                List<Optional<RegisteredKey>> keysOfOne = keys.stream()
                        .map(all -> Optional.ofNullable(all.get(account)))
                        .toList();
                if (seen.atAnyTime(EffectiveAccess::isGrantedDirectly)
                        && choice.matches(seen, account)
                        && !taker.accept(one.getKey(), account, seen.history(moments, keysOfOne))) {
                    return false;
                }
            }
        }
        return true;
    }
}
