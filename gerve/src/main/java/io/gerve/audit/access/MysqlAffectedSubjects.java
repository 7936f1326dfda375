package io.gerve.audit.access;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.audit.snapshot.MysqlTimeOrder;
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
 * Whom and what the changes between two times may concern, and nothing that they do not: no other right can have changed. Ids only, some
 * 150 bytes for each change, and for each repository that was given to a team above one that was moved.
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
    private final NavigableMap<Long, Part> parts = new TreeMap<>();
    private final NavigableMap<Long, Set<Long>> movedTeams = new TreeMap<>();

    /** Those of a repository's people that are concerned; mostly one. */
    static final class Part {
        private Set<Long> accounts = Set.of();
        private Set<Long> teams = Set.of();
        private long organization;
        private boolean deployKeys;

        /** These themselves. */
        Set<Long> accounts() {
            return accounts;
        }

        /** Everybody in these teams, and in teams below them. */
        Set<Long> teams() {
            return teams;
        }

        /** Whose teams they are; one's only, or the repository came to belong to somebody else and all of it is concerned. */
        long organization() {
            return organization;
        }

        boolean deployKeys() {
            return deployKeys;
        }

        void account(long account) {
            accounts = and(accounts, account);
        }

        void team(long team, long organizationOfTeam) {
            teams = and(teams, team);
            organization = organizationOfTeam;
        }

        private static Set<Long> and(Set<Long> some, long another) {
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

    public static MysqlAffectedSubjects between(DSLContext sql, Instant from, Instant to) {
        var concerned = new MysqlAffectedSubjects(sql, from, to);
        concerned.readChanges();
        concerned.deployKeysThatExpired();
        return concerned;
    }

    /** Repositories all of whose people are concerned. */
    NavigableSet<Long> repositories() {
        return repositories;
    }

    /** Organizations of all of whose repositories the same is true. */
    NavigableSet<Long> owners() {
        return owners;
    }

    /** Accounts that are concerned wherever they reach. */
    NavigableSet<Long> accounts() {
        return accounts;
    }

    /** Accounts that are concerned in all repositories of organizations. */
    NavigableMap<Long, Set<Long>> memberships() {
        return memberships;
    }

    /** Repositories some of whose people are concerned. */
    NavigableMap<Long, Part> partlyAffected() {
        return parts;
    }

    /** Teams that came to stand elsewhere, by organization. */
    NavigableMap<Long, Set<Long>> movedTeams() {
        return movedTeams;
    }

    /** Whether the account is compared in all of an owner's repositories. */
    boolean isFullyAffected(long owner, long account) {
        return accounts.contains(account)
                || memberships.getOrDefault(account, Set.of()).contains(owner);
    }

    private void readChanges() {
        Instant lastAt = from;
        long lastId = Long.MAX_VALUE;
        List<GrantChangesRecord> page;
        do {
            page = sql.selectFrom(GRANT_CHANGES.forceIndex("grant_changes_time"))
                    .where(MysqlTimeOrder.isAfter(GRANT_CHANGES.CHANGED_AT, lastAt, GRANT_CHANGES.ID, lastId))
                    .and(GRANT_CHANGES.CHANGED_AT.le(to))
                    .orderBy(GRANT_CHANGES.CHANGED_AT, GRANT_CHANGES.ID)
                    .limit(PAGE)
                    .fetch();
            Set<Long> organizations = organizations(page);
            page.forEach(change -> sort(change, organizations));
            if (!page.isEmpty()) {
                lastAt = page.getLast().getChangedAt();
                lastId = page.getLast().getId();
            }
        } while (page.size() == PAGE);
    }

    /** Those of the accounts that changed. */
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

    private void sort(GrantChangesRecord change, Set<Long> organizations) {
        switch (change.getKind()) {
            case REPOSITORY, REPOSITORY_NAME, REPOSITORY_VISIBILITY, REPOSITORY_STATE ->
                repositories.add(change.getRepositoryId());
            case BASE_PERMISSION -> owners.add(change.getAccountId());
            // An organization's standing is a matter of everybody who reaches its repositories.
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

    /** What else concerns rights is about a deploy key. */
    private void deployKey(GrantChangesRecord change) {
        if (change.getKeyId() != null && change.getRepositoryId() != null) {
            part(change.getRepositoryId()).deployKeys = true;
        }
    }

    /** For that nobody has to change anything. They may have been taken away since. */
    private void deployKeysThatExpired() {
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

    Part part(long repository) {
        return parts.computeIfAbsent(repository, _ -> new Part());
    }
}
