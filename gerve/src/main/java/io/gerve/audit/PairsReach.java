package io.gerve.audit;

import io.gerve.keylookup.key.KnownKey;
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
final class PairsReach {
    private final List<MysqlMoment> moments;

    /** @param moments the earliest first */
    PairsReach(List<MysqlMoment> moments) {
        this.moments = moments;
    }

    interface Choice {
        boolean isChosen(Seen seen, long account);
    }

    interface Taker {
        /** @return whether to go on */
        boolean take(long repository, long account, Reached reached) throws LookupUnavailable;
    }

    /** Those who have more on a repository than everybody.
     *  @param accountsOf the accounts to look at, by repository
     *  @return whether to go on */
    boolean each(NavigableMap<Long, ? extends Collection<Long>> accountsOf, Choice choice, Taker taker)
            throws LookupUnavailable {
        Set<Long> accounts = new TreeSet<>();
        accountsOf.values().forEach(accounts::addAll);
        List<Relations> relations = new ArrayList<>();
        List<Map<Long, KnownKey>> keys = new ArrayList<>();
        for (MysqlMoment moment : moments) {
            relations.add(new Relations(moment.state(), accountsOf.keySet(), accounts));
            keys.add(moment.soundKeysOf(accounts));
        }
        for (var one : accountsOf.entrySet()) {
            for (long account : one.getValue()) {
                Seen seen = Seen.of(relations, one.getKey(), account);
                List<Optional<KnownKey>> keysOfOne = keys.stream()
                        .map(all -> Optional.ofNullable(all.get(account)))
                        .toList();
                if (seen.atAnyTime(Standing::isParticular)
                        && choice.isChosen(seen, account)
                        && !taker.take(one.getKey(), account, seen.reached(moments, keysOfOne))) {
                    return false;
                }
            }
        }
        return true;
    }
}
