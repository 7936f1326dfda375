package io.gerve.audit.access;

import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.audit.snapshot.SnapshotRows.RecordedRepository;
import io.gerve.audit.snapshot.SnapshotRows.RecordedTeam;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every repository that a member of a team reaches through it: by its own roles and by those of the teams above it. */
public final class TeamAccess {
    /** Somebody who is in the team, and of whom nothing else is known. */
    private static final RegisteredKey A_MEMBER = RegisteredKey.activeKeyOf(
            new Account(0, new Login("member"), Account.Kind.USER, Account.Status.ACTIVE, ""));

    private final MysqlSnapshot moment;
    private final Account organization;
    private final RecordedTeam team;
    private final MysqlCandidates candidates;

    public TeamAccess(MysqlSnapshot moment, Account organization, RecordedTeam team) {
        this.moment = moment;
        this.organization = organization;
        this.team = team;
        this.candidates = new MysqlCandidates(moment.state());
    }

    /** @return whether to go on */
    public boolean each(Traversal walk) throws LookupUnavailable {
        var teams = moment.state().teams(Set.of(organization.id()));
        var giving = RecordedTeam.upwards(teams, team.id()).stream()
                .map(RecordedTeam::id)
                .collect(Collectors.toCollection(TreeSet::new));
        return walk.each(
                giving,
                (one, within) -> MysqlCandidates.each(
                        candidates.ofTeam(one), within.last(), page -> evaluate(page, one, within)));
    }

    private boolean evaluate(List<Long> ids, long giving, Traversal walk) throws LookupUnavailable {
        var relations = new GrantRelations(moment.state(), ids, List.of());
        for (long id : ids) {
            RecordedRepository owned = relations.repositories().get(id);
            if (owned == null) {
                continue;
            }
            List<GrantPath> ways = relations.throughTeams(List.of(team.id()), owned);
            if (isFirst(giving, ways) && !walk.accept(id, reached(owned, relations, ways))) {
                return false;
            }
        }
        return true;
    }

    private AccessHistory reached(RecordedRepository owned, GrantRelations relations, List<GrantPath> ways)
            throws LookupUnavailable {
        Role role = ways.stream()
                .map(GrantPath::role)
                .max(Comparator.naturalOrder())
                .orElse(Role.NONE);
        var rights = new Rights.Granted(Role.NONE, Rights.Membership.MEMBER, role);
        var standing = new EffectiveAccess(relations.known(owned, rights), ways, List.of());
        AccessEntry reach = moment.entry(A_MEMBER, standing, organization.login() + "/" + team.slug(), "team");
        return AccessHistory.of(Stream.of(owned.repository()), List.of(Optional.of(reach)));
    }

    private static boolean isFirst(long giving, List<GrantPath> ways) {
        return ways.stream()
                .map(GrantPath.Team.class::cast)
                .map(GrantPath.Team::grantedTo)
                .min(Comparator.naturalOrder())
                .filter(first -> first == giving)
                .isPresent();
    }
}
