package io.gerve.audit;

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
import io.gerve.access.SiteSwitch;
import io.gerve.audit.Recorded.Holder;
import io.gerve.audit.Recorded.Pair;
import io.gerve.audit.Recorded.Team;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Login;
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

/** The facts that decide about access, as they are now or were at a time: read for many accounts or repositories at once, by their indexes. */
final class MysqlState {
    private final DSLContext sql;
    private final MysqlUndo undo;
    private Set<Long> lastOrganizations = Set.of();
    private Map<Long, Team> lastTeams = Map.of();

    /** @param at {@link Instant#MAX} for now */
    MysqlState(DSLContext sql, Instant at) {
        this.sql = sql;
        this.undo = new MysqlUndo(sql, at);
    }

    DSLContext sql() {
        return sql;
    }

    MysqlUndo undo() {
        return undo;
    }

    /** @return empty if there is no such account; its login is the same at all times */
    static Optional<Long> idOf(DSLContext sql, Login login) {
        return sql.select(ACCOUNTS.ID)
                .from(ACCOUNTS)
                .where(ACCOUNTS.LOGIN.eq(login.text()))
                .fetchOptional(ACCOUNTS.ID);
    }

    Map<Long, Holder> accounts(Collection<Long> ids) {
        Map<Long, Account> found = new HashMap<>();
        Map<Long, String> standings = new HashMap<>();
        Map<Long, String> bases = new HashMap<>();
        sql.selectFrom(ACCOUNTS).where(ACCOUNTS.ID.in(ids)).forEach(row -> {
            long id = row.getId();
            found.put(
                    id,
                    new Account(
                            id,
                            new Login(row.getLogin()),
                            constant(Account.Kind.class, row.getKind()),
                            Account.Standing.ACTIVE,
                            ""));
            if (row.getSuspendedAt() != null) {
                standings.put(id, "suspended " + Objects.requireNonNullElse(row.getSuspendedReason(), ""));
            }
            bases.put(id, row.getBasePermission());
        });
        undo.undo(standings, MysqlChanges.ofAccounts(ids, "account-standing"), change -> change.getAccountId());
        undo.undo(bases, MysqlChanges.ofAccounts(ids, "base-permission"), change -> change.getAccountId());
        undo.each(MysqlChanges.ofAccounts(ids, "account"), change -> found.remove(change.getAccountId()));
        return found.values().stream()
                .collect(Collectors.toMap(
                        Account::id,
                        account -> new Holder(
                                standing(account, standings.getOrDefault(account.id(), "")),
                                constant(Role.class, bases.getOrDefault(account.id(), "none")))));
    }

    /** The roles of collaborators, by repository and account. */
    Map<Pair, Role> collaborators(Collection<Long> repositories, Collection<Long> accounts) {
        Map<Pair, String> roles = new HashMap<>();
        sql.selectFrom(COLLABORATORS)
                .where(COLLABORATORS.REPOSITORY_ID.in(repositories))
                .and(COLLABORATORS.ACCOUNT_ID.in(accounts))
                .forEach(row -> roles.put(new Pair(row.getRepositoryId(), row.getAccountId()), row.getRole()));
        undo.undo(
                roles,
                MysqlChanges.ofRepositories(repositories, "collaborator").and(GRANT_CHANGES.ACCOUNT_ID.in(accounts)),
                change -> new Pair(change.getRepositoryId(), change.getAccountId()));
        return constants(Role.class, roles);
    }

    /** What accounts are to organizations, by organization and account. */
    Map<Pair, Rights.Membership> members(Collection<Long> organizations, Collection<Long> accounts) {
        Map<Pair, String> roles = new HashMap<>();
        sql.selectFrom(ORGANIZATION_MEMBERS)
                .where(ORGANIZATION_MEMBERS.ORGANIZATION_ID.in(organizations))
                .and(ORGANIZATION_MEMBERS.ACCOUNT_ID.in(accounts))
                .forEach(row -> roles.put(new Pair(row.getOrganizationId(), row.getAccountId()), row.getRole()));
        undo.undo(
                roles,
                MysqlChanges.ofOrganizations(organizations, "organization-member")
                        .and(GRANT_CHANGES.ACCOUNT_ID.in(accounts)),
                change -> new Pair(change.getOrganizationId(), change.getAccountId()));
        return constants(Rights.Membership.class, roles);
    }

    /** The organizations of an account. */
    Map<Long, Rights.Membership> organizationsOf(long account) {
        Map<Long, String> roles = new HashMap<>();
        sql.selectFrom(ORGANIZATION_MEMBERS)
                .where(ORGANIZATION_MEMBERS.ACCOUNT_ID.eq(account))
                .forEach(row -> roles.put(row.getOrganizationId(), row.getRole()));
        undo.undo(
                roles,
                MysqlChanges.ofAccounts(List.of(account), "organization-member"),
                change -> change.getOrganizationId());
        return constants(Rights.Membership.class, roles);
    }

    /** All teams of organizations, by id; those of the organizations that were asked for last are remembered. */
    Map<Long, Team> teams(Set<Long> organizations) {
        if (!organizations.equals(lastOrganizations)) {
            lastTeams = findTeams(organizations);
            lastOrganizations = Set.copyOf(organizations);
        }
        return lastTeams;
    }

    private Map<Long, Team> findTeams(Collection<Long> organizations) {
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
        undo.undo(slugs, MysqlChanges.ofOrganizations(organizations, "team"), change -> {
            organizationOf.put(change.getTeamId(), change.getOrganizationId());
            return change.getTeamId();
        });
        undo.undo(parents, MysqlChanges.ofOrganizations(organizations, "team-parent"), change -> change.getTeamId());
        return slugs.entrySet().stream()
                .map(entry -> new Team(
                        entry.getKey(),
                        organizationOf.getOrDefault(entry.getKey(), 0L),
                        entry.getValue(),
                        Long.parseLong(parents.getOrDefault(entry.getKey(), "0"))))
                .collect(Collectors.toMap(Team::id, Function.identity()));
    }

    /** Who is in which team of some organizations, by team and account. */
    Set<Pair> teamMembers(Collection<Long> organizations, Collection<Long> accounts) {
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
                MysqlChanges.ofOrganizations(organizations, "team-member").and(GRANT_CHANGES.ACCOUNT_ID.in(accounts)),
                change -> new Pair(change.getTeamId(), change.getAccountId()));
        return members.keySet();
    }

    /** The roles of teams, by team and repository. */
    Map<Pair, Role> teamRoles(Collection<Long> repositories) {
        Map<Pair, String> roles = new HashMap<>();
        sql.selectFrom(TEAM_REPOSITORIES)
                .where(TEAM_REPOSITORIES.REPOSITORY_ID.in(repositories))
                .forEach(row -> roles.put(new Pair(row.getTeamId(), row.getRepositoryId()), row.getRole()));
        undo.undo(
                roles,
                MysqlChanges.ofRepositories(repositories, "team-repository"),
                change -> new Pair(change.getTeamId(), change.getRepositoryId()));
        return constants(Role.class, roles);
    }

    SiteSwitch site() {
        var reason = new String[] {sql.select(SITE.READ_ONLY_REASON).from(SITE).fetchOne(SITE.READ_ONLY_REASON)};
        undo.each(
                MysqlChanges.of(GRANT_CHANGES.KIND.eq("site-read-only")),
                change -> reason[0] = change.getBeforeValue());
        return reason[0] == null ? new SiteSwitch.ReadWrite() : new SiteSwitch.ReadOnly(reason[0]);
    }

    private static Account standing(Account account, String text) {
        return text.startsWith("suspended")
                ? new Account(
                        account.id(), account.login(), account.kind(), Account.Standing.SUSPENDED, afterFirstWord(text))
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

    static <E extends Enum<E>> E constant(Class<E> type, String word) {
        return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    }

    private static <K, E extends Enum<E>> Map<K, E> constants(Class<E> type, Map<K, String> words) {
        Map<K, E> constants = new HashMap<>();
        words.forEach((key, word) -> constants.put(key, constant(type, word)));
        return constants;
    }
}
