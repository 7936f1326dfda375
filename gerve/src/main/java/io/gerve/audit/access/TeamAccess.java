package io.gerve.audit.access;

import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.audit.snapshot.SnapshotRows.RecordedRepository;
import io.gerve.audit.snapshot.SnapshotRows.RecordedTeam;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Audit of the repositories to which members of a team have access through it and its ancestors. */
public final class TeamAccess {
    /** Key of a hypothetical account that is a member of the team and has no other right. */
    private static final RegisteredKey MEMBER_KEY = RegisteredKey.activeKeyOf(
            new Account(0, new Login("member"), Account.Kind.USER, Account.Status.ACTIVE, ""));

    private final MysqlSnapshot snapshot;
    private final Account organization;
    private final RecordedTeam team;
    private final MysqlCandidates candidates;

    public TeamAccess(MysqlSnapshot snapshot, Account organization, RecordedTeam team) {
        this.snapshot = snapshot;
        this.organization = organization;
        this.team = team;
        this.candidates = new MysqlCandidates(snapshot.state());
    }

    /** Returns a row for each of the repositories. */
    public Results<AccessHistory> rows(Loop loop) {
        var teams = snapshot.state().teams(Set.of(organization.id()));
        var granting = RecordedTeam.upwards(teams, team.id()).stream()
                .map(RecordedTeam::id)
                .collect(Collectors.toCollection(TreeSet::new));
        return loop.each(
                granting,
                (grantingTeam, within) -> candidates
                        .ofTeam(grantingTeam, within.last())
                        .flatMap(ids -> Results.of(rows(ids, grantingTeam, within))));
    }

    private List<AccessHistory> rows(List<Long> ids, long granting, Loop loop) throws LookupUnavailable {
        var relations = new GrantRelations(snapshot.state(), ids, List.of());
        List<AccessHistory> rows = new ArrayList<>();
        for (long id : ids) {
            RecordedRepository owned = relations.repositories().get(id);
            if (owned != null) {
                List<GrantPath> paths = relations.throughTeams(List.of(team.id()), owned);
                if (isFirst(granting, paths)) {
                    rows.add(history(loop.cursor(id), owned, relations, paths));
                }
            }
        }
        return rows;
    }

    private AccessHistory history(
            Cursor cursor, RecordedRepository owned, GrantRelations relations, List<GrantPath> paths)
            throws LookupUnavailable {
        Role role = paths.stream()
                .map(GrantPath::role)
                .max(Comparator.naturalOrder())
                .orElse(Role.NONE);
        var rights = new Rights.Granted(Role.NONE, Rights.Membership.MEMBER, role);
        var access = new EffectiveAccess(relations.known(owned, rights), paths, List.of());
        AccessEntry entry = snapshot.entry(MEMBER_KEY, access, organization.login() + "/" + team.slug(), "team");
        return AccessHistory.of(cursor, Stream.of(owned.repository()), List.of(Optional.of(entry)));
    }

    private static boolean isFirst(long granting, List<GrantPath> paths) {
        return paths.stream()
                .map(GrantPath.Team.class::cast)
                .map(GrantPath.Team::grantedTo)
                .min(Comparator.naturalOrder())
                .filter(first -> first == granting)
                .isPresent();
    }
}
