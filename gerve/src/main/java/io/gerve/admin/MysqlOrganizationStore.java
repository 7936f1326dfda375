package io.gerve.admin;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.ORGANIZATION_MEMBERS;
import static io.gerve.sql.schema.Tables.TEAMS;
import static io.gerve.sql.schema.Tables.TEAM_MEMBERS;

import io.gerve.access.Role;
import io.gerve.keylookup.directory.Login;
import io.gerve.sql.ChangeKind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jooq.DSLContext;

/** Storage of the members of organizations and of their base permissions. */
public final class MysqlOrganizationStore {
    private final AuditedTransaction transactions;

    public MysqlOrganizationStore(AuditedTransaction transactions) {
        this.transactions = transactions;
    }

    /** Sets the role of every member for each of the organization's repositories: none, read, write or admin. */
    public void setBasePermission(Login organization, Role permission) throws ChangeRefused, DependencyUnavailable {
        if (permission == Role.TRIAGE || permission == Role.MAINTAIN) {
            throw new ChangeRefused("A base permission is none, read, write or admin.");
        }
        transactions.change(context -> {
            var account = context.names().organization(organization);
            String after = permission.name().toLowerCase(Locale.ROOT);
            context.sql()
                    .update(ACCOUNTS)
                    .set(ACCOUNTS.BASE_PERMISSION, after)
                    .where(ACCOUNTS.ID.eq(account.getId()))
                    .execute();
            context.recordChange(ChangeKind.BASE_PERMISSION, change -> {
                change.setAccountId(account.getId());
                change.setBeforeValue(account.getBasePermission());
                change.setAfterValue(after);
            });
            context.accountChanged(account.getId());
            context.siteChanged();
            return after;
        });
    }

    /** Adds a member, or changes its role. */
    public void addMember(Login organization, Login member, OrganizationMember.Role role)
            throws ChangeRefused, DependencyUnavailable {
        transactions.change(context -> {
            var account = context.names().organization(organization);
            var user = context.names().user(member);
            var before = roleOf(context.sql(), account.getId(), user.getId());
            String after = role.name().toLowerCase(Locale.ROOT);
            if (before.equals(Optional.of(after))) {
                throw new ChangeRefused(user.getLogin() + " is " + after + " of " + account.getLogin() + " already.");
            }
            if (before.equals(Optional.of("owner"))) {
                requireAnotherOwner(context.sql(), account.getId(), account.getLogin());
            }
            context.sql()
                    .insertInto(ORGANIZATION_MEMBERS)
                    .set(ORGANIZATION_MEMBERS.ORGANIZATION_ID, account.getId())
                    .set(ORGANIZATION_MEMBERS.ACCOUNT_ID, user.getId())
                    .set(ORGANIZATION_MEMBERS.ROLE, after)
                    .onDuplicateKeyUpdate()
                    .set(ORGANIZATION_MEMBERS.ROLE, after)
                    .execute();
            changed(context, account.getId(), user.getId(), before.orElse(""), after);
            return after;
        });
    }

    /** Removes a member from the organization and from all of its teams. */
    public void removeMember(Login organization, Login member) throws ChangeRefused, DependencyUnavailable {
        transactions.change(context -> {
            var account = context.names().organization(organization);
            var user = context.names().user(member);
            String before = roleOf(context.sql(), account.getId(), user.getId())
                    .orElseThrow(() ->
                            new ChangeRefused(user.getLogin() + " is not a member of " + account.getLogin() + "."));
            if (before.equals("owner")) {
                requireAnotherOwner(context.sql(), account.getId(), account.getLogin());
            }
            var teams = context.sql()
                    .select(TEAM_MEMBERS.TEAM_ID)
                    .from(TEAM_MEMBERS)
                    .join(TEAMS)
                    .on(TEAMS.ID.eq(TEAM_MEMBERS.TEAM_ID))
                    .where(TEAM_MEMBERS.ACCOUNT_ID.eq(user.getId()), TEAMS.ORGANIZATION_ID.eq(account.getId()))
                    .forUpdate()
                    .fetch(TEAM_MEMBERS.TEAM_ID);
            context.sql()
                    .deleteFrom(TEAM_MEMBERS)
                    .where(TEAM_MEMBERS.TEAM_ID.in(teams), TEAM_MEMBERS.ACCOUNT_ID.eq(user.getId()))
                    .execute();
            context.sql()
                    .deleteFrom(ORGANIZATION_MEMBERS)
                    .where(
                            ORGANIZATION_MEMBERS.ORGANIZATION_ID.eq(account.getId()),
                            ORGANIZATION_MEMBERS.ACCOUNT_ID.eq(user.getId()))
                    .execute();
            teams.forEach(team -> context.recordChange(ChangeKind.TEAM_MEMBER, change -> {
                change.setTeamId(team);
                change.setOrganizationId(account.getId());
                change.setAccountId(user.getId());
                change.setBeforeValue("member");
                change.setAfterValue("");
            }));
            changed(context, account.getId(), user.getId(), before, "");
            return before;
        });
    }

    /** Returns the members, ordered by login. */
    public List<OrganizationMember> members(Login organization) throws ChangeRefused, DependencyUnavailable {
        return transactions.query(sql -> sql.select(ACCOUNTS.LOGIN, ORGANIZATION_MEMBERS.ROLE)
                .from(ORGANIZATION_MEMBERS)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(ORGANIZATION_MEMBERS.ACCOUNT_ID))
                .where(ORGANIZATION_MEMBERS.ORGANIZATION_ID.eq(
                        new MysqlNameResolver(sql).organization(organization).getId()))
                .orderBy(ACCOUNTS.LOGIN)
                .fetch(row -> new OrganizationMember(
                        new Login(row.value1()),
                        OrganizationMember.Role.valueOf(row.value2().toUpperCase(Locale.ROOT)))));
    }

    static Optional<String> roleOf(DSLContext sql, long organizationId, long accountId) {
        return sql.select(ORGANIZATION_MEMBERS.ROLE)
                .from(ORGANIZATION_MEMBERS)
                .where(
                        ORGANIZATION_MEMBERS.ORGANIZATION_ID.eq(organizationId),
                        ORGANIZATION_MEMBERS.ACCOUNT_ID.eq(accountId))
                .forUpdate()
                .fetchOptional(ORGANIZATION_MEMBERS.ROLE);
    }

    private static void requireAnotherOwner(DSLContext sql, long organizationId, String name) throws ChangeRefused {
        int owners = sql.select(ORGANIZATION_MEMBERS.ACCOUNT_ID)
                .from(ORGANIZATION_MEMBERS)
                .where(ORGANIZATION_MEMBERS.ORGANIZATION_ID.eq(organizationId), ORGANIZATION_MEMBERS.ROLE.eq("owner"))
                .forUpdate()
                .fetch()
                .size();
        if (owners < 2) {
            throw new ChangeRefused("That is the last owner of " + name
                    + ". Make somebody else an owner first: gerve org add-member " + name + " LOGIN --role owner");
        }
    }

    private static void changed(
            ChangeContext context, long organizationId, long accountId, String before, String after) {
        context.recordChange(ChangeKind.ORGANIZATION_MEMBER, change -> {
            change.setAccountId(accountId);
            change.setOrganizationId(organizationId);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        context.accountChanged(accountId);
        context.accountChanged(organizationId);
    }
}
