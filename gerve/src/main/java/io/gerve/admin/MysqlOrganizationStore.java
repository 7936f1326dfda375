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

/** Who belongs to an organization, and what belonging gives them. */
public final class MysqlOrganizationStore {
    private final AuditedTransaction ledger;

    public MysqlOrganizationStore(AuditedTransaction ledger) {
        this.ledger = ledger;
    }

    /** What each member may do with each of the organization's repositories: none, read, write or admin. */
    public void setBasePermission(Login organization, Role permission) throws ChangeRefused, DependencyUnavailable {
        if (permission == Role.TRIAGE || permission == Role.MAINTAIN) {
            throw new ChangeRefused("A base permission is none, read, write or admin.");
        }
        ledger.change(entry -> {
            var account = entry.names().organization(organization);
            String after = permission.name().toLowerCase(Locale.ROOT);
            entry.sql()
                    .update(ACCOUNTS)
                    .set(ACCOUNTS.BASE_PERMISSION, after)
                    .where(ACCOUNTS.ID.eq(account.getId()))
                    .execute();
            entry.recordChange(ChangeKind.BASE_PERMISSION, change -> {
                change.setAccountId(account.getId());
                change.setBeforeValue(account.getBasePermission());
                change.setAfterValue(after);
            });
            entry.accountChanged(account.getId());
            entry.siteChanged();
            return after;
        });
    }

    /** Makes somebody a member, or changes what a member is. */
    public void addMember(Login organization, Login member, OrganizationMember.Role role)
            throws ChangeRefused, DependencyUnavailable {
        ledger.change(entry -> {
            var account = entry.names().organization(organization);
            var user = entry.names().user(member);
            var before = roleOf(entry.sql(), account.getId(), user.getId());
            String after = role.name().toLowerCase(Locale.ROOT);
            if (before.equals(Optional.of(after))) {
                throw new ChangeRefused(user.getLogin() + " is " + after + " of " + account.getLogin() + " already.");
            }
            if (before.equals(Optional.of("owner"))) {
                keepAnOwner(entry.sql(), account.getId(), account.getLogin());
            }
            entry.sql()
                    .insertInto(ORGANIZATION_MEMBERS)
                    .set(ORGANIZATION_MEMBERS.ORGANIZATION_ID, account.getId())
                    .set(ORGANIZATION_MEMBERS.ACCOUNT_ID, user.getId())
                    .set(ORGANIZATION_MEMBERS.ROLE, after)
                    .onDuplicateKeyUpdate()
                    .set(ORGANIZATION_MEMBERS.ROLE, after)
                    .execute();
            changed(entry, account.getId(), user.getId(), before.orElse(""), after);
            return after;
        });
    }

    /** Takes somebody out of the organization and out of all of its teams. */
    public void removeMember(Login organization, Login member) throws ChangeRefused, DependencyUnavailable {
        ledger.change(entry -> {
            var account = entry.names().organization(organization);
            var user = entry.names().user(member);
            String before = roleOf(entry.sql(), account.getId(), user.getId())
                    .orElseThrow(() ->
                            new ChangeRefused(user.getLogin() + " is not a member of " + account.getLogin() + "."));
            if (before.equals("owner")) {
                keepAnOwner(entry.sql(), account.getId(), account.getLogin());
            }
            var teams = entry.sql()
                    .select(TEAM_MEMBERS.TEAM_ID)
                    .from(TEAM_MEMBERS)
                    .join(TEAMS)
                    .on(TEAMS.ID.eq(TEAM_MEMBERS.TEAM_ID))
                    .where(TEAM_MEMBERS.ACCOUNT_ID.eq(user.getId()), TEAMS.ORGANIZATION_ID.eq(account.getId()))
                    .forUpdate()
                    .fetch(TEAM_MEMBERS.TEAM_ID);
            entry.sql()
                    .deleteFrom(TEAM_MEMBERS)
                    .where(TEAM_MEMBERS.TEAM_ID.in(teams), TEAM_MEMBERS.ACCOUNT_ID.eq(user.getId()))
                    .execute();
            entry.sql()
                    .deleteFrom(ORGANIZATION_MEMBERS)
                    .where(
                            ORGANIZATION_MEMBERS.ORGANIZATION_ID.eq(account.getId()),
                            ORGANIZATION_MEMBERS.ACCOUNT_ID.eq(user.getId()))
                    .execute();
            teams.forEach(team -> entry.recordChange(ChangeKind.TEAM_MEMBER, change -> {
                change.setTeamId(team);
                change.setOrganizationId(account.getId());
                change.setAccountId(user.getId());
                change.setBeforeValue("member");
                change.setAfterValue("");
            }));
            changed(entry, account.getId(), user.getId(), before, "");
            return before;
        });
    }

    /** @return by login */
    public List<OrganizationMember> members(Login organization) throws ChangeRefused, DependencyUnavailable {
        return ledger.query(sql -> sql.select(ACCOUNTS.LOGIN, ORGANIZATION_MEMBERS.ROLE)
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

    private static void keepAnOwner(DSLContext sql, long organizationId, String name) throws ChangeRefused {
        int owners = sql.select(ORGANIZATION_MEMBERS.ACCOUNT_ID)
                .from(ORGANIZATION_MEMBERS)
                .where(ORGANIZATION_MEMBERS.ORGANIZATION_ID.eq(organizationId), ORGANIZATION_MEMBERS.ROLE.eq("owner"))
                .forUpdate()
                .fetch()
                .size();
        if (owners < 2) {
            throw new ChangeRefused("That is the last owner of " + name
                    + ". Make somebody else an owner first: gerve org" + " add-member " + name + " LOGIN --role owner");
        }
    }

    private static void changed(ChangeContext entry, long organizationId, long accountId, String before, String after) {
        entry.recordChange(ChangeKind.ORGANIZATION_MEMBER, change -> {
            change.setAccountId(accountId);
            change.setOrganizationId(organizationId);
            change.setBeforeValue(before);
            change.setAfterValue(after);
        });
        entry.accountChanged(accountId);
        entry.accountChanged(organizationId);
    }
}
