package io.gerve.audit.access;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.audit.snapshot.MysqlTimeOrder;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.ChangeKind;
import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jooq.Condition;
import org.jooq.DSLContext;

/**
 * The principals and repositories that changes between two times may affect. No other right can have changed. Only ids
 * are kept, about 150 bytes for each change and for each repository granted to an ancestor of a moved team.
 */
public final class MysqlAffectedSubjects {
    private static final int PAGE = 1000;

    private final DSLContext sql;
    private final Instant from;
    private final Instant to;
    private final NavigableSet<Long> repositories = new TreeSet<>();
    private final NavigableSet<Long> owners = new TreeSet<>();
    private final NavigableSet<Long> accounts = new TreeSet<>();
    private final NavigableMap<Long, Set<Long>> memberships = new TreeMap<>();
    private final NavigableMap<Long, AffectedPart> parts = new TreeMap<>();
    private final NavigableMap<Long, Set<Long>> movedTeams = new TreeMap<>();

    /** The affected principals of one repository; mostly one. */
    static final class AffectedPart {
        private Set<Long> accounts = Set.of();
        private Set<Long> teams = Set.of();
        private long organization;
        private boolean deployKeys;

        /** Returns accounts that are affected directly. */
        Set<Long> accounts() {
            return accounts;
        }

        /** Returns teams whose members, and the members of their descendants, are affected. */
        Set<Long> teams() {
            return teams;
        }

        /**
         * Returns the organization of the teams. There is only one: if the owner changed, the repository is fully
         * affected.
         */
        long organization() {
            return organization;
        }

        boolean deployKeys() {
            return deployKeys;
        }

        void account(long account) {
            accounts = with(accounts, account);
        }

        void team(long team, long organizationOfTeam) {
            teams = with(teams, team);
            organization = organizationOfTeam;
        }

        private static Set<Long> with(Set<Long> some, long another) {
            if (some.isEmpty()) {
                return Set.of(another);
            }
            Set<Long> all = some.size() == 1 ? new TreeSet<>(some) : some;
            all.add(another);
            return all;
        }
    }

    private MysqlAffectedSubjects(DSLContext sql, Instant from, Instant to) {
        this.sql = sql;
        this.from = from;
        this.to = to;
    }

    public static MysqlAffectedSubjects between(DSLContext sql, Instant from, Instant to) throws LookupUnavailable {
        var affected = new MysqlAffectedSubjects(sql, from, to);
        affected.readChanges();
        affected.addExpiredDeployKeys();
        return affected;
    }

    /** Returns repositories that are fully affected. */
    NavigableSet<Long> repositories() {
        return repositories;
    }

    /** Returns organizations all of whose repositories are fully affected. */
    NavigableSet<Long> owners() {
        return owners;
    }

    /** Returns accounts that are affected in all repositories. */
    NavigableSet<Long> accounts() {
        return accounts;
    }

    /** Returns accounts that are affected in all repositories of certain organizations. */
    NavigableMap<Long, Set<Long>> memberships() {
        return memberships;
    }

    /** Returns repositories some of whose principals are affected. */
    NavigableMap<Long, AffectedPart> partlyAffected() {
        return parts;
    }

    /** Returns teams that got another parent, by organization. */
    NavigableMap<Long, Set<Long>> movedTeams() {
        return movedTeams;
    }

    /** Returns whether the account is affected in all of the owner's repositories. */
    boolean isFullyAffected(long owner, long account) {
        return accounts.contains(account)
                || memberships.getOrDefault(account, Set.of()).contains(owner);
    }

    private record Position(Instant at, long id) {}

    private void readChanges() throws LookupUnavailable {
        Results.inPages(
                        PAGE,
                        new Position(from, Long.MAX_VALUE),
                        change -> new Position(change.getChangedAt(), change.getId()),
                        this::changesAfter)
                .forEach(page -> {
                    Set<Long> organizations = organizations(page);
                    page.forEach(change -> add(change, organizations));
                });
    }

    private List<GrantChangesRecord> changesAfter(Position last) {
        return sql.selectFrom(GRANT_CHANGES.forceIndex("grant_changes_time"))
                .where(MysqlTimeOrder.isAfter(GRANT_CHANGES.CHANGED_AT, last.at(), GRANT_CHANGES.ID, last.id()))
                .and(GRANT_CHANGES.CHANGED_AT.le(to))
                .orderBy(GRANT_CHANGES.CHANGED_AT, GRANT_CHANGES.ID)
                .limit(PAGE)
                .fetch();
    }

    /** Returns the organizations among the accounts whose status changed. */
    private Set<Long> organizations(List<GrantChangesRecord> page) {
        return sql.select(ACCOUNTS.ID)
                .from(ACCOUNTS)
                .where(ACCOUNTS.ID.in(page.stream()
                        .filter(change -> change.getKind() == ChangeKind.ACCOUNT_STATUS)
                        .map(GrantChangesRecord::getAccountId)
                        .toList()))
                .and(ACCOUNTS.KIND.eq("organization"))
                .fetchSet(ACCOUNTS.ID);
    }

    private void add(GrantChangesRecord change, Set<Long> organizations) {
        switch (change.getKind()) {
            case REPOSITORY, REPOSITORY_NAME, REPOSITORY_VISIBILITY, REPOSITORY_STATE ->
                repositories.add(change.getRepositoryId());
            case BASE_PERMISSION -> owners.add(change.getAccountId());
            // An organization's status affects everybody with access to its repositories.
            case ACCOUNT_STATUS ->
                (organizations.contains(change.getAccountId()) ? owners : accounts).add(change.getAccountId());
            case ORGANIZATION_MEMBER, TEAM_MEMBER ->
                memberships
                        .computeIfAbsent(change.getAccountId(), _ -> new TreeSet<>())
                        .add(change.getOrganizationId());
            case COLLABORATOR -> part(change.getRepositoryId()).account(change.getAccountId());
            case TEAM_REPOSITORY -> part(change.getRepositoryId()).team(change.getTeamId(), change.getOrganizationId());
            case TEAM_PARENT ->
                movedTeams
                        .computeIfAbsent(change.getOrganizationId(), _ -> new TreeSet<>())
                        .add(change.getTeamId());
            default -> deployKey(change);
        }
    }

    /** Handles a change of a deploy key, the only other kind that affects rights. */
    private void deployKey(GrantChangesRecord change) {
        if (change.getKeyId() != null && change.getRepositoryId() != null) {
            part(change.getRepositoryId()).deployKeys = true;
        }
    }

    /**
     * Adds repositories of deploy keys that expired between the times, for which no change is recorded. The second
     * query finds keys that were removed from the repository later.
     */
    private void addExpiredDeployKeys() {
        Condition expired = PUBLIC_KEYS.EXPIRES_AT.gt(from).and(PUBLIC_KEYS.EXPIRES_AT.le(to));
        sql.select(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID)
                .from(PUBLIC_KEYS)
                .join(DEPLOY_KEY_REPOSITORIES)
                .on(DEPLOY_KEY_REPOSITORIES.KEY_ID.eq(PUBLIC_KEYS.ID))
                .where(expired)
                .fetch(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID)
                .forEach(id -> part(id).deployKeys = true);
        sql.select(GRANT_CHANGES.REPOSITORY_ID)
                .from(PUBLIC_KEYS)
                .join(GRANT_CHANGES)
                .on(GRANT_CHANGES.KEY_ID.eq(PUBLIC_KEYS.ID))
                .where(expired)
                .and(PUBLIC_KEYS.ACCOUNT_ID.isNull())
                .and(GRANT_CHANGES.REPOSITORY_ID.isNotNull())
                .and(GRANT_CHANGES.CHANGED_AT.gt(to))
                .fetch(GRANT_CHANGES.REPOSITORY_ID)
                .forEach(id -> part(id).deployKeys = true);
    }

    AffectedPart part(long repository) {
        return parts.computeIfAbsent(repository, _ -> new AffectedPart());
    }
}
