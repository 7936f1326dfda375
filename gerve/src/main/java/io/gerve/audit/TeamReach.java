package io.gerve.audit;

import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.audit.Recorded.Owned;
import io.gerve.audit.Recorded.Team;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every repository that a member of a team reaches through it: by its own roles and by those of the teams above it. */
final class TeamReach {
    /** Somebody who is in the team, and of whom nothing else is known. */
    private static final KnownKey A_MEMBER =
            KnownKey.soundOneOf(new Account(0, new Login("member"), Account.Kind.USER, Account.Standing.ACTIVE, ""));

    private final MysqlMoment moment;
    private final Account organization;
    private final Team team;
    private final MysqlCandidates candidates;

    TeamReach(MysqlMoment moment, Account organization, Team team) {
        this.moment = moment;
        this.organization = organization;
        this.team = team;
        this.candidates = new MysqlCandidates(moment.state());
    }

    /** @return whether to go on */
    boolean each(Walk walk) throws LookupUnavailable {
        var teams = moment.state().teams(Set.of(organization.id()));
        var giving =
                Team.upwards(teams, team.id()).stream().map(Team::id).collect(Collectors.toCollection(TreeSet::new));
        return walk.each(
                giving,
                (one, within) -> MysqlCandidates.each(
                        candidates.ofTeam(one), within.last(), page -> evaluate(page, one, within)));
    }

    private boolean evaluate(List<Long> ids, long giving, Walk walk) throws LookupUnavailable {
        var relations = new Relations(moment.state(), ids, List.of());
        for (long id : ids) {
            Owned owned = relations.repositories().get(id);
            if (owned == null) {
                continue;
            }
            List<Way> ways = relations.throughTeams(List.of(team.id()), owned);
            if (isFirst(giving, ways) && !walk.take(id, reached(owned, relations, ways))) {
                return false;
            }
        }
        return true;
    }

    private Reached reached(Owned owned, Relations relations, List<Way> ways) throws LookupUnavailable {
        Role role = ways.stream().map(Way::role).max(Comparator.naturalOrder()).orElse(Role.NONE);
        var rights = new Rights.Granted(Role.NONE, Rights.Membership.MEMBER, role);
        var standing = new Standing(relations.known(owned, rights), ways, List.of());
        Reach reach = moment.reach(A_MEMBER, standing, organization.login() + "/" + team.slug(), "team");
        return Reached.of(Stream.of(owned.repository()), List.of(Optional.of(reach)));
    }

    private static boolean isFirst(long giving, List<Way> ways) {
        return ways.stream()
                .map(Way.Team.class::cast)
                .map(Way.Team::givenTo)
                .min(Comparator.naturalOrder())
                .filter(first -> first == giving)
                .isPresent();
    }
}
