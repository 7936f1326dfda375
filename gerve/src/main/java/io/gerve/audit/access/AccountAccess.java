package io.gerve.audit.access;

import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.audit.snapshot.MysqlSnapshotFacts;
import io.gerve.audit.snapshot.SnapshotRows;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * Audit of the repositories to which an account has access, at one or several times. It reports four groups in this
 * order: all repositories of the account itself and of the organizations that give it a role for each of their
 * repositories; the repositories of which it is a collaborator; those of its teams; public ones. A repository that
 * belongs to several groups is reported in the first. The audit decides this from the facts of the row alone. It keeps
 * nothing about earlier rows, so it can continue after any of them.
 */
public final class AccountAccess {
    private final List<MysqlSnapshot> snapshots;
    private final MysqlCandidates candidates;
    private final long account;
    private final List<Optional<RegisteredKey>> keys;
    private final NavigableSet<Long> fullyOwned = new TreeSet<>();
    private final NavigableMap<Long, Long> organizationOfTeam = new TreeMap<>();
    private LongPredicate owners = _ -> true;
    private LongPredicate repositories = _ -> true;

    /** @param keys a key of the account for each snapshot; empty if there was no such account */
    private AccountAccess(List<MysqlSnapshot> snapshots, long account, List<Optional<RegisteredKey>> keys) {
        this.snapshots = snapshots;
        this.candidates = new MysqlCandidates(snapshots.getFirst().state());
        this.account = account;
        this.keys = keys;
    }

    public static AccountAccess of(MysqlSnapshot snapshot, long account, RegisteredKey key) {
        return new AccountAccess(List.of(snapshot), account, List.of(Optional.of(key)));
    }

    /**
     * Audits several times.
     *
     * @param snapshots the earliest first
     */
    public static AccountAccess of(List<MysqlSnapshot> snapshots, long account) {
        return new AccountAccess(
                snapshots,
                account,
                snapshots.stream()
                        .map(snapshot -> Optional.ofNullable(
                                snapshot.activeKeysOf(List.of(account)).get(account)))
                        .toList());
    }

    /** Restricts the audit to repositories that belonged to one of these owners at one of the times. */
    AccountAccess ofOwners(LongPredicate filter) {
        owners = owners.and(filter);
        return this;
    }

    /** Restricts the audit to these repositories. */
    AccountAccess ofRepositories(LongPredicate filter) {
        repositories = repositories.and(filter);
        return this;
    }

    /** A group of repositories. */
    private interface Group {
        boolean contains(EvaluatedAccess evaluated);
    }

    /** Returns a row for each of the repositories. */
    public Results<AccessHistory> rows(AccessScope scope, Loop loop) {
        snapshots.forEach(snapshot -> ownersWithFullAccess(snapshot.state()));
        return loop.inSequence(this::ownedRepositories, this::collaborations, this::teams, within -> switch (scope) {
            case GRANTED -> Results.none();
            case GRANTED_AND_PUBLIC -> publicRepositories(within);
        });
    }

    private Results<AccessHistory> ownedRepositories(Loop loop) {
        return loop.each(
                fullyOwned,
                (owner, within) -> owners.test(owner)
                        ? rows(
                                candidates.ownedBy(owner, within.last()),
                                within,
                                evaluated -> evaluated.lastOwner(fullyOwned::contains) == owner
                                        && evaluated.atAnyTime(EffectiveAccess::isGrantedDirectly))
                        : Results.none());
    }

    private Results<AccessHistory> collaborations(Loop loop) {
        return rows(
                candidates.collaborations(account, loop.last()),
                loop,
                otherRepositories(evaluated -> evaluated.atAnyTime(EffectiveAccess::isByCollaboration)));
    }

    private Results<AccessHistory> teams(Loop loop) {
        return loop.each(
                organizationOfTeam.navigableKeySet(),
                (team, within) -> owners.test(organizationOfTeam.getOrDefault(team, 0L))
                        ? rows(
                                candidates.ofTeam(team, within.last()),
                                within,
                                otherRepositories(evaluated -> isFirst(team, evaluated)))
                        : Results.none());
    }

    private Results<AccessHistory> publicRepositories(Loop loop) {
        return rows(
                candidates.publicRepositories(loop.last()),
                loop,
                evaluated -> !evaluated.atAnyTime(EffectiveAccess::isGrantedDirectly)
                        && evaluated.atAnyTime(access -> !access.grantPaths().isEmpty()));
    }

    /** Excludes the repositories of owners that are reported in full. */
    private Group otherRepositories(Group group) {
        return evaluated -> evaluated.lastOwner(fullyOwned::contains) == 0 && group.contains(evaluated);
    }

    private void ownersWithFullAccess(MysqlSnapshotFacts state) {
        fullyOwned.add(account);
        Map<Long, Rights.Membership> organizations = state.organizationsOf(account);
        state.accounts(organizations.keySet()).forEach((id, recorded) -> {
            if (organizations.get(id) == Rights.Membership.OWNER || recorded.basePermission() != Role.NONE) {
                fullyOwned.add(id);
            }
        });
        Set<Long> withTeams = new HashSet<>(candidates.organizationsOfTeamsOf(account));
        Map<Long, SnapshotRows.RecordedTeam> all = state.teams(withTeams);
        state.teamMembers(withTeams, List.of(account)).forEach(pair -> {
            for (SnapshotRows.RecordedTeam team : SnapshotRows.RecordedTeam.upwards(all, pair.one())) {
                organizationOfTeam.put(team.id(), team.organization());
            }
        });
    }

    private Results<AccessHistory> rows(Results<List<Long>> pages, Loop loop, Group group) {
        return pages.flatMap(page -> Results.of(rows(page, loop, group)));
    }

    private List<AccessHistory> rows(List<Long> page, Loop loop, Group group) throws LookupUnavailable {
        List<Long> ids = page.stream().filter(repositories::test).toList();
        if (ids.isEmpty()) {
            return List.of();
        }
        List<GrantRelations> relations = snapshots.stream()
                .map(snapshot -> new GrantRelations(snapshot.state(), ids, List.of(account)))
                .toList();
        List<AccessHistory> rows = new ArrayList<>();
        for (long id : ids) {
            EvaluatedAccess evaluated = EvaluatedAccess.of(relations, id, account);
            if (evaluated.lastOwner(owners) != 0 && group.contains(evaluated)) {
                rows.add(evaluated.history(loop.cursor(id), snapshots, keys));
            }
        }
        return rows;
    }

    /** Returns whether the team is the first of the account's teams that has a role for the repository. */
    private boolean isFirst(long team, EvaluatedAccess evaluated) {
        return !evaluated.atAnyTime(EffectiveAccess::isByCollaboration)
                && organizationOfTeam.keySet().stream()
                        .filter(other -> evaluated.atAnyTime(access -> access.isByTeam(other)))
                        .findFirst()
                        .filter(first -> first == team)
                        .isPresent();
    }
}
