package io.gerve.audit.access;

import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.audit.snapshot.MysqlSnapshotFacts;
import io.gerve.audit.snapshot.SnapshotRows;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
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

    /**
     * Reports the repositories.
     *
     * @return whether to continue
     */
    public boolean each(AccessScope scope, Traversal traversal) throws LookupUnavailable {
        snapshots.forEach(snapshot -> ownersWithFullAccess(snapshot.state()));
        return traversal.inSequence(this::ownedRepositories, this::collaborations, this::teams, rest -> switch (scope) {
            case GRANTED -> true;
            case GRANTED_AND_PUBLIC -> publicRepositories(rest);
        });
    }

    private boolean ownedRepositories(Traversal traversal) throws LookupUnavailable {
        return traversal.each(
                fullyOwned,
                (owner, within) -> !owners.test(owner)
                        || pages(
                                candidates.ownedBy(owner),
                                within,
                                evaluated -> evaluated.lastOwner(fullyOwned::contains) == owner
                                        && evaluated.atAnyTime(EffectiveAccess::isGrantedDirectly)));
    }

    private boolean collaborations(Traversal traversal) throws LookupUnavailable {
        return pages(
                candidates.collaborations(account),
                traversal,
                otherRepositories(evaluated -> evaluated.atAnyTime(EffectiveAccess::isByCollaboration)));
    }

    private boolean teams(Traversal traversal) throws LookupUnavailable {
        return traversal.each(
                organizationOfTeam.navigableKeySet(),
                (team, within) -> !owners.test(organizationOfTeam.getOrDefault(team, 0L))
                        || pages(
                                candidates.ofTeam(team),
                                within,
                                otherRepositories(evaluated -> isFirst(team, evaluated))));
    }

    private boolean publicRepositories(Traversal traversal) throws LookupUnavailable {
        return pages(
                candidates.publicRepositories(),
                traversal,
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

    private boolean pages(MysqlCandidates.Pages pages, Traversal traversal, Group group) throws LookupUnavailable {
        return MysqlCandidates.each(pages, traversal.last(), page -> evaluate(page, traversal, group));
    }

    private boolean evaluate(List<Long> page, Traversal traversal, Group group) throws LookupUnavailable {
        List<Long> ids = page.stream().filter(repositories::test).toList();
        if (ids.isEmpty()) {
            return true;
        }
        List<GrantRelations> relations = snapshots.stream()
                .map(snapshot -> new GrantRelations(snapshot.state(), ids, List.of(account)))
                .toList();
        for (long id : ids) {
            EvaluatedAccess evaluated = EvaluatedAccess.of(relations, id, account);
            if (evaluated.lastOwner(owners) != 0
                    && group.contains(evaluated)
                    && !traversal.accept(id, evaluated.history(snapshots, keys))) {
                return false;
            }
        }
        return true;
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
