package io.gerve.audit.snapshot;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.COLLABORATORS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.ORGANIZATION_MEMBERS;
import static io.gerve.sql.schema.Tables.SITE;
import static io.gerve.sql.schema.Tables.TEAMS;
import static io.gerve.sql.schema.Tables.TEAM_MEMBERS;
import static io.gerve.sql.schema.Tables.TEAM_REPOSITORIES;

import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.access.SiteMode;
import io.gerve.audit.snapshot.SnapshotRows.Pair;
import io.gerve.audit.snapshot.SnapshotRows.RecordedAccount;
import io.gerve.audit.snapshot.SnapshotRows.RecordedTeam;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import io.gerve.sql.ChangeKind;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jooq.DSLContext;

/**
 * The facts that decide about access, now or at a past time. They are read for many accounts or repositories at once,
 * through indexes.
 */
public final class MysqlSnapshotFacts {
    private final DSLContext sql;
    private final MysqlChangeUndo undo;
    private Set<Long> lastOrganizations = Set.of();
    private Map<Long, RecordedTeam> lastTeams = Map.of();

    /** @param at the time of the facts; {@link Instant#MAX} for the current ones */
    public MysqlSnapshotFacts(DSLContext sql, Instant at) {
        this.sql = sql;
        this.undo = new MysqlChangeUndo(sql, at);
    }

    public DSLContext sql() {
        return sql;
    }

    public MysqlChangeUndo undo() {
        return undo;
    }

    /**
     * Finds the id of an account. Logins do not change, so this holds at all times.
     *
     * @return empty if there is no such account
     */
    public static Optional<Long> idOf(DSLContext sql, Login login) {
        return sql.select(ACCOUNTS.ID)
                .from(ACCOUNTS)
                .where(ACCOUNTS.LOGIN.eq(login.text()))
                .fetchOptional(ACCOUNTS.ID);
    }

    public Map<Long, RecordedAccount> accounts(Collection<Long> ids) {
        Map<Long, Account> found = new HashMap<>();
        Map<Long, String> statuses = new HashMap<>();
        Map<Long, String> basePermissions = new HashMap<>();
        sql.selectFrom(ACCOUNTS).where(ACCOUNTS.ID.in(ids)).forEach(row -> {
            long id = row.getId();
            found.put(
                    id,
                    new Account(
                            id,
                            new Login(row.getLogin()),
                            enumConstant(Account.Kind.class, row.getKind()),
                            Account.Status.ACTIVE,
                            ""));
            if (row.getSuspendedAt() != null) {
                statuses.put(id, "suspended " + Objects.requireNonNullElse(row.getSuspendedReason(), ""));
            }
            basePermissions.put(id, row.getBasePermission());
        });
        undo.undo(
                statuses, MysqlChangeQuery.ofAccounts(ids, ChangeKind.ACCOUNT_STATUS), change -> change.getAccountId());
        undo.undo(
                basePermissions,
                MysqlChangeQuery.ofAccounts(ids, ChangeKind.BASE_PERMISSION),
                change -> change.getAccountId());
        undo.each(MysqlChangeQuery.ofAccounts(ids, ChangeKind.ACCOUNT), change -> found.remove(change.getAccountId()));
        return found.values().stream()
                .collect(Collectors.toMap(
                        Account::id,
                        account -> new RecordedAccount(
                                accountStatus(account, statuses.getOrDefault(account.id(), "")),
                                enumConstant(Role.class, basePermissions.getOrDefault(account.id(), "none")))));
    }

    /** Returns the roles of collaborators, by repository and account. */
    public Map<Pair, Role> collaborators(Collection<Long> repositories, Collection<Long> accounts) {
        Map<Pair, String> roles = new HashMap<>();
        sql.selectFrom(COLLABORATORS)
                .where(COLLABORATORS.REPOSITORY_ID.in(repositories))
                .and(COLLABORATORS.ACCOUNT_ID.in(accounts))
                .forEach(row -> roles.put(new Pair(row.getRepositoryId(), row.getAccountId()), row.getRole()));
        undo.undo(
                roles,
                MysqlChangeQuery.ofRepositories(repositories, ChangeKind.COLLABORATOR)
                        .and(GRANT_CHANGES.ACCOUNT_ID.in(accounts)),
                change -> new Pair(change.getRepositoryId(), change.getAccountId()));
        return enumConstants(Role.class, roles);
    }

    /** Returns the memberships of accounts, by organization and account. */
    public Map<Pair, Rights.Membership> members(Collection<Long> organizations, Collection<Long> accounts) {
        Map<Pair, String> roles = new HashMap<>();
        sql.selectFrom(ORGANIZATION_MEMBERS)
                .where(ORGANIZATION_MEMBERS.ORGANIZATION_ID.in(organizations))
                .and(ORGANIZATION_MEMBERS.ACCOUNT_ID.in(accounts))
                .forEach(row -> roles.put(new Pair(row.getOrganizationId(), row.getAccountId()), row.getRole()));
        undo.undo(
                roles,
                MysqlChangeQuery.ofOrganizations(organizations, ChangeKind.ORGANIZATION_MEMBER)
                        .and(GRANT_CHANGES.ACCOUNT_ID.in(accounts)),
                change -> new Pair(change.getOrganizationId(), change.getAccountId()));
        return enumConstants(Rights.Membership.class, roles);
    }

    /** Returns the organizations of an account with its memberships. */
    public Map<Long, Rights.Membership> organizationsOf(long account) {
        Map<Long, String> roles = new HashMap<>();
        sql.selectFrom(ORGANIZATION_MEMBERS)
                .where(ORGANIZATION_MEMBERS.ACCOUNT_ID.eq(account))
                .forEach(row -> roles.put(row.getOrganizationId(), row.getRole()));
        undo.undo(
                roles,
                MysqlChangeQuery.ofAccounts(List.of(account), ChangeKind.ORGANIZATION_MEMBER),
                change -> change.getOrganizationId());
        return enumConstants(Rights.Membership.class, roles);
    }

    /** Returns all teams of organizations, by id. The result of the last call is cached. */
    public Map<Long, RecordedTeam> teams(Set<Long> organizations) {
        if (!organizations.equals(lastOrganizations)) {
            lastTeams = findTeams(organizations);
            lastOrganizations = Set.copyOf(organizations);
        }
        return lastTeams;
    }

    private Map<Long, RecordedTeam> findTeams(Collection<Long> organizations) {
        Map<Long, String> slugs = new HashMap<>();
        Map<Long, String> parents = new HashMap<>();
        Map<Long, Long> organizationOf = new HashMap<>();
        sql.selectFrom(TEAMS).where(TEAMS.ORGANIZATION_ID.in(organizations)).forEach(row -> {
            slugs.put(row.getId(), row.getSlug());
            organizationOf.put(row.getId(), row.getOrganizationId());
            if (row.getParentId() != null) {
                parents.put(row.getId(), row.getParentId().toString());
            }
        });
        undo.undo(slugs, MysqlChangeQuery.ofOrganizations(organizations, ChangeKind.TEAM), change -> {
            organizationOf.put(change.getTeamId(), change.getOrganizationId());
            return change.getTeamId();
        });
        undo.undo(
                parents,
                MysqlChangeQuery.ofOrganizations(organizations, ChangeKind.TEAM_PARENT),
                change -> change.getTeamId());
        return slugs.entrySet().stream()
                .map(entry -> new RecordedTeam(
                        entry.getKey(),
                        organizationOf.getOrDefault(entry.getKey(), 0L),
                        entry.getValue(),
                        Long.parseLong(parents.getOrDefault(entry.getKey(), "0"))))
                .collect(Collectors.toMap(RecordedTeam::id, Function.identity()));
    }

    /** Returns the members of teams of the organizations, as pairs of team and account. */
    public Set<Pair> teamMembers(Collection<Long> organizations, Collection<Long> accounts) {
        Map<Pair, String> members = new HashMap<>();
        sql.select(TEAM_MEMBERS.TEAM_ID, TEAM_MEMBERS.ACCOUNT_ID)
                .from(TEAM_MEMBERS)
                .join(TEAMS)
                .on(TEAMS.ID.eq(TEAM_MEMBERS.TEAM_ID))
                .where(TEAM_MEMBERS.ACCOUNT_ID.in(accounts))
                .and(TEAMS.ORGANIZATION_ID.in(organizations))
                .forEach(row -> members.put(new Pair(row.value1(), row.value2()), "member"));
        undo.undo(
                members,
                MysqlChangeQuery.ofOrganizations(organizations, ChangeKind.TEAM_MEMBER)
                        .and(GRANT_CHANGES.ACCOUNT_ID.in(accounts)),
                change -> new Pair(change.getTeamId(), change.getAccountId()));
        return members.keySet();
    }

    /** Returns the roles of teams, by team and repository. */
    public Map<Pair, Role> teamRoles(Collection<Long> repositories) {
        Map<Pair, String> roles = new HashMap<>();
        sql.selectFrom(TEAM_REPOSITORIES)
                .where(TEAM_REPOSITORIES.REPOSITORY_ID.in(repositories))
                .forEach(row -> roles.put(new Pair(row.getTeamId(), row.getRepositoryId()), row.getRole()));
        undo.undo(
                roles,
                MysqlChangeQuery.ofRepositories(repositories, ChangeKind.TEAM_REPOSITORY),
                change -> new Pair(change.getTeamId(), change.getRepositoryId()));
        return enumConstants(Role.class, roles);
    }

    public SiteMode site() {
        var reason = new String[] {sql.select(SITE.READ_ONLY_REASON).from(SITE).fetchOne(SITE.READ_ONLY_REASON)};
        undo.each(
                MysqlChangeQuery.of(GRANT_CHANGES.KIND.eq(ChangeKind.SITE_READ_ONLY)),
                change -> reason[0] = change.getBeforeValue());
        return reason[0] == null ? new SiteMode.ReadWrite() : new SiteMode.ReadOnly(reason[0]);
    }

    private static Account accountStatus(Account account, String text) {
        return text.startsWith("suspended")
                ? new Account(
                        account.id(), account.login(), account.kind(), Account.Status.SUSPENDED, afterFirstWord(text))
                : account;
    }

    static String afterFirstWord(String text) {
        int space = text.indexOf(' ');
        return space < 0 ? "" : text.substring(space + 1);
    }

    static String firstWord(String text) {
        int space = text.indexOf(' ');
        return space < 0 ? text : text.substring(0, space);
    }

    static <E extends Enum<E>> E enumConstant(Class<E> type, String text) {
        return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
    }

    private static <K, E extends Enum<E>> Map<K, E> enumConstants(Class<E> type, Map<K, String> texts) {
        Map<K, E> constants = new HashMap<>();
        texts.forEach((key, text) -> constants.put(key, enumConstant(type, text)));
        return constants;
    }
}
