package io.gerve.audit;

import io.gerve.audit.Recorded.Team;
import io.gerve.lookup.LookupUnavailable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who reaches what at two times, of everything that changes in between may concern. Each pair of somebody and a repository comes once: with the
 * repository if all of it is concerned, else with the account if it is concerned in all of the owner's repositories, else by itself.
 */
final class SiteReach {
    /** What is asked for them is one query for each kind of fact. */
    private static final int PAIRS_AT_ONCE = 500;

    private final List<MysqlMoment> moments;
    private final MysqlConcerned concerned;
    private final MysqlCandidates candidates;

    /** @param moments the earliest first */
    SiteReach(List<MysqlMoment> moments, MysqlConcerned concerned) {
        this.moments = moments;
        this.concerned = concerned;
        this.candidates = new MysqlCandidates(moments.getFirst().state());
    }

    /** @return whether to go on */
    boolean each(Reached.Sink sink) throws LookupUnavailable {
        return wholeRepositories(sink) && wholeOwners(sink) && accounts(sink) && parts(sink);
    }

    private boolean wholeRepositories(Reached.Sink sink) throws LookupUnavailable {
        for (long repository : concerned.repositories()) {
            if (!new RepositoryReach(moments, repository).each(sink)) {
                return false;
            }
        }
        return true;
    }

    private boolean wholeOwners(Reached.Sink sink) throws LookupUnavailable {
        for (long owner : concerned.owners()) {
            if (!candidates.owned(owner, ids -> wholeOf(owner, ids, sink))) {
                return false;
            }
        }
        return true;
    }

    private boolean wholeOf(long owner, List<Long> ids, Reached.Sink sink) throws LookupUnavailable {
        for (long id : ids) {
            if (concerned.repositories().contains(id)) {
                continue;
            }
            var repository = new RepositoryReach(moments, id);
            if (repository.owners().contains(owner) && !repository.each(sink)) {
                return false;
            }
        }
        return true;
    }

    private boolean accounts(Reached.Sink sink) throws LookupUnavailable {
        var all = new TreeSet<>(concerned.accounts());
        all.addAll(concerned.memberships().keySet());
        for (long account : all) {
            boolean goOn = AccountReach.of(moments, account)
                    .ofRepositories(id -> !concerned.repositories().contains(id))
                    .ofOwners(owner -> !concerned.owners().contains(owner) && concerned.isEverywhereIn(owner, account))
                    .each(MysqlAudit.Scope.GRANTED, sink);
            if (!goOn) {
                return false;
            }
        }
        return true;
    }

    private boolean parts(Reached.Sink sink) throws LookupUnavailable {
        for (var moved : concerned.movedTeams().entrySet()) {
            for (long team : moved.getValue()) {
                concernRepositoriesOf(moved.getKey(), team);
            }
        }
        NavigableMap<Long, Set<Long>> pairs = new TreeMap<>();
        int count = 0;
        for (var entry : concerned.parts().entrySet()) {
            long repository = entry.getKey();
            var part = entry.getValue();
            if (concerned.repositories().contains(repository)) {
                continue;
            }
            if (!deployKeysAndTeams(repository, part, sink)) {
                return false;
            }
            for (long account : part.accounts()) {
                pairs.computeIfAbsent(repository, _ -> new TreeSet<>()).add(account);
                count++;
                if (count % PAIRS_AT_ONCE == 0) {
                    if (!pairs(pairs, sink)) {
                        return false;
                    }
                    pairs.clear();
                }
            }
        }
        return pairs(pairs, sink);
    }

    private boolean deployKeysAndTeams(long repository, MysqlConcerned.Part part, Reached.Sink sink)
            throws LookupUnavailable {
        return (!part.deployKeys() || deployKeys(repository, sink))
                && (part.teams().isEmpty() || peopleOfTeams(repository, part, sink));
    }

    private boolean deployKeys(long id, Reached.Sink sink) throws LookupUnavailable {
        var repository = new RepositoryReach(moments, id);
        return repository.owners().stream().anyMatch(concerned.owners()::contains) || repository.deployKeys(sink);
    }

    private boolean peopleOfTeams(long repository, MysqlConcerned.Part part, Reached.Sink sink)
            throws LookupUnavailable {
        Set<Long> teams = withThoseBelow(part.organization(), part.teams());
        return MysqlCandidates.each(candidates.members(teams), ids -> {
            var others = new TreeSet<>(ids);
            others.removeAll(part.accounts());
            return pairs(new TreeMap<>(Map.of(repository, others)), sink);
        });
    }

    /** Those that have not come with their repositories or accounts. */
    private boolean pairs(NavigableMap<Long, ? extends Collection<Long>> pairs, Reached.Sink sink)
            throws LookupUnavailable {
        return new PairsReach(moments)
                .each(
                        pairs,
                        (seen, account) -> seen.lastOwner(owner ->
                                        concerned.owners().contains(owner) || concerned.isEverywhereIn(owner, account))
                                == 0,
                        sink);
    }

    /** Everybody in a team that was moved has, or had, what those above it were given. */
    private void concernRepositoriesOf(long organization, long team) throws LookupUnavailable {
        Set<Long> giving = new TreeSet<>();
        for (MysqlMoment moment : moments) {
            Team.upwards(moment.state().teams(Set.of(organization)), team).forEach(above -> giving.add(above.id()));
        }
        for (long above : giving) {
            MysqlCandidates.each(candidates.ofTeam(above), ids -> {
                ids.forEach(id -> concerned.part(id).team(team, organization));
                return true;
            });
        }
    }

    private Set<Long> withThoseBelow(long organization, Set<Long> teams) {
        Set<Long> all = new TreeSet<>(teams);
        for (MysqlMoment moment : moments) {
            Map<Long, Team> there = moment.state().teams(Set.of(organization));
            for (long team : there.keySet()) {
                if (Team.upwards(there, team).stream().anyMatch(above -> teams.contains(above.id()))) {
                    all.add(team);
                }
            }
        }
        return all;
    }
}
