package io.gerve.audit;

import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.audit.Recorded.Owned;
import io.gerve.audit.Recorded.Team;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Every repository that a member of a team reaches through it: by its own roles first, then by those of the teams above it. */
final class TeamReach {
    private final MysqlState state;
    private final MysqlCandidates candidates;
    private final Team team;
    private final List<Team> upwards;

    TeamReach(MysqlState state, long organization, Team team) {
        this.state = state;
        this.candidates = new MysqlCandidates(state);
        this.team = team;
        this.upwards = Team.upwards(state.teams(Set.of(organization)), team.id());
    }

    /** Somebody who is in the team, and of whom nothing else is known. */
    static Account aMember() {
        return new Account(0, new Login("member"), Account.Kind.USER, Account.Standing.ACTIVE, "");
    }

    interface Sink {
        /** @return whether to go on */
        boolean take(Standing standing) throws LookupUnavailable;
    }

    void each(Sink sink) throws LookupUnavailable {
        for (Team giving : upwards) {
            if (!MysqlCandidates.each(candidates.ofTeam(giving.id()), page -> evaluate(page, giving.id(), sink))) {
                return;
            }
        }
    }

    private boolean evaluate(List<Long> ids, long giving, Sink sink) throws LookupUnavailable {
        var relations = new Relations(state, ids, List.of());
        for (long id : ids) {
            Owned owned = relations.repositories().get(id);
            if (owned == null) {
                continue;
            }
            List<Way> ways = relations.throughTeams(List.of(team.id()), owned);
            if (!isFirst(giving, ways)) {
                continue;
            }
            Role role =
                    ways.stream().map(Way::role).max(Comparator.naturalOrder()).orElse(Role.NONE);
            var rights = new Rights.Granted(Role.NONE, Rights.Membership.MEMBER, role);
            if (!sink.take(new Standing(relations.known(owned, rights), ways, List.of()))) {
                return false;
            }
        }
        return true;
    }

    /** The ways come in the order of the teams upwards. */
    private static boolean isFirst(long giving, List<Way> ways) {
        return !ways.isEmpty() && ways.getFirst() instanceof Way.Team first && first.givenTo() == giving;
    }
}
