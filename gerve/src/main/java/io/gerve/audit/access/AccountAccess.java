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
 * Every repository that an account reaches, at one time or at several: first all of each owner of whose repositories it reaches every one,
 * then those of which it is a collaborator, then those of its teams, then what is open to everybody. What more than one of these gives is
 * told where it first comes, so that nothing has to be remembered of what was told before, and it can be gone on anywhere.
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

    /** @param keys the account's, for each of the moments; empty if there was no such account */
    private AccountAccess(List<MysqlSnapshot> moments, long account, List<Optional<RegisteredKey>> keys) {
        this.snapshots = moments;
        this.candidates = new MysqlCandidates(moments.getFirst().state());
        this.account = account;
        this.keys = keys;
    }

    public static AccountAccess of(MysqlSnapshot moment, long account, RegisteredKey key) {
        return new AccountAccess(List.of(moment), account, List.of(Optional.of(key)));
    }

    /** @param moments the earliest first */
    public static AccountAccess of(List<MysqlSnapshot> moments, long account) {
        return new AccountAccess(
                moments,
                account,
                moments.stream()
                        .map(moment -> Optional.ofNullable(
                                moment.activeKeysOf(List.of(account)).get(account)))
                        .toList());
    }

    /** Only repositories that, at one of the times, belonged to one of these. */
    AccountAccess ofOwners(LongPredicate which) {
        owners = owners.and(which);
        return this;
    }

    /** Only these repositories. */
    AccountAccess ofRepositories(LongPredicate which) {
        repositories = repositories.and(which);
        return this;
    }

    /** By which rows are found. */
    private interface Source {
        boolean isFirstOf(EvaluatedAccess seen);
    }

    /** @return whether to go on */
    public boolean each(AccessScope scope, Traversal walk) throws LookupUnavailable {
        snapshots.forEach(moment -> ownersWithFullAccess(moment.state()));
        return walk.inSequence(this::ownedRepositories, this::collaborations, this::teams, open -> switch (scope) {
            case GRANTED -> true;
            case GRANTED_AND_PUBLIC -> publicRepositories(open);
        });
    }

    private boolean ownedRepositories(Traversal walk) throws LookupUnavailable {
        return walk.each(
                fullyOwned,
                (owner, within) -> !owners.test(owner)
                        || pages(
                                candidates.ownedBy(owner),
                                within,
                                seen -> seen.lastOwner(fullyOwned::contains) == owner
                                        && seen.atAnyTime(EffectiveAccess::isGrantedDirectly)));
    }

    private boolean collaborations(Traversal walk) throws LookupUnavailable {
        return pages(
                candidates.collaborations(account),
                walk,
                otherRepositories(seen -> seen.atAnyTime(EffectiveAccess::isByCollaboration)));
    }

    private boolean teams(Traversal walk) throws LookupUnavailable {
        return walk.each(
                organizationOfTeam.navigableKeySet(),
                (team, within) -> !owners.test(organizationOfTeam.getOrDefault(team, 0L))
                        || pages(candidates.ofTeam(team), within, otherRepositories(seen -> isFirst(team, seen))));
    }

    private boolean publicRepositories(Traversal walk) throws LookupUnavailable {
        return pages(
                candidates.publicRepositories(),
                walk,
                seen -> !seen.atAnyTime(EffectiveAccess::isGrantedDirectly)
                        && seen.atAnyTime(standing -> !standing.grantPaths().isEmpty()));
    }

    /** Not among the repositories of the owners that are told in full. */
    private Source otherRepositories(Source source) {
        return seen -> seen.lastOwner(fullyOwned::contains) == 0 && source.isFirstOf(seen);
    }

    private void ownersWithFullAccess(MysqlSnapshotFacts state) {
        fullyOwned.add(account);
        Map<Long, Rights.Membership> organizations = state.organizationsOf(account);
        state.accounts(organizations.keySet()).forEach((id, holder) -> {
            if (organizations.get(id) == Rights.Membership.OWNER || holder.basePermission() != Role.NONE) {
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

    private boolean pages(MysqlCandidates.Pages pages, Traversal walk, Source source) throws LookupUnavailable {
        return MysqlCandidates.each(pages, walk.last(), page -> evaluate(page, walk, source));
    }

    private boolean evaluate(List<Long> page, Traversal walk, Source source) throws LookupUnavailable {
        List<Long> ids = page.stream().filter(repositories::test).toList();
        if (ids.isEmpty()) {
            return true;
        }
        List<GrantRelations> relations = snapshots.stream()
                .map(moment -> new GrantRelations(moment.state(), ids, List.of(account)))
                .toList();
        for (long id : ids) {
            EvaluatedAccess seen = EvaluatedAccess.of(relations, id, account);
            if (seen.lastOwner(owners) != 0
                    && source.isFirstOf(seen)
                    && !walk.accept(id, seen.history(snapshots, keys))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the team is the first of the account's that gives something on the repository. */
    private boolean isFirst(long team, EvaluatedAccess seen) {
        return !seen.atAnyTime(EffectiveAccess::isByCollaboration)
                && organizationOfTeam.keySet().stream()
                        .filter(candidate -> seen.atAnyTime(standing -> standing.isByTeam(candidate)))
                        .findFirst()
                        .filter(first -> first == team)
                        .isPresent();
    }
}
