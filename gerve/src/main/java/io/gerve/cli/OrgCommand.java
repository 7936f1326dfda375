package io.gerve.cli;

import io.gerve.access.Role;
import io.gerve.admin.OrganizationMember;
import io.gerve.cli.option.OptionConverters;
import io.gerve.cli.output.Table;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import io.gerve.program.ExitStatus;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve org}. */
@Command(
        name = "org",
        header = "Create organizations; manage their members and base permission.",
        description = {
            "",
            "An owner of an organization has admin on all of its repositories. A member has the base permission, and"
                    + " the roles of teams and"
                    + " as a collaborator.",
            "",
            "  gerve org create github --owner defunkt",
            "  gerve org add-member github tom",
            "  gerve org set github --base-permission read",
        })
final class OrgCommand extends CommandGroup {
    private static final Table<OrganizationMember> MEMBERS = Table.<OrganizationMember>rows()
            .column("login", member -> member.login().text())
            .column("role", OrganizationMember::role);

    @Command(header = "Create an organization.")
    int create(
            @Parameters(paramLabel = "ORG", description = "The new organization.") Login organization,
            @Option(names = "--owner", paramLabel = "LOGIN", description = "Its first owner, a user.")
                    Optional<Login> owner,
            @Option(
                            names = "--server",
                            paramLabel = "SERVER",
                            description = "The file server that holds its repositories.")
                    Optional<String> server)
            throws Exception {
        try (var site = gerve().open()) {
            if (owner.isPresent()) {
                // First, so that a mistyped login leaves no organization without an owner.
                site.accounts().show(owner.get());
            }
            var created =
                    new AccountCreation(site, gerve()::note).create(organization, Account.Kind.ORGANIZATION, server);
            if (owner.isPresent()) {
                site.organizations().addMember(organization, owner.get(), OrganizationMember.Role.OWNER);
            }
            gerve().printOne(AccountCommand.ACCOUNT, created);
        }
        return ExitStatus.DONE;
    }

    @Command(header = "List all organizations.")
    int list() throws Exception {
        try (var site = gerve().open()) {
            gerve().print(AccountCommand.ACCOUNTS, site.accounts().list(Account.Kind.ORGANIZATION));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "List the members of an organization.")
    int show(@Parameters(paramLabel = "ORG", description = "The organization.") Login organization) throws Exception {
        try (var site = gerve().open()) {
            gerve().print(MEMBERS, site.organizations().members(organization));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Set the base permission: the role of each member on each repository of the organization.")
    int set(
            @Parameters(paramLabel = "ORG", description = "The organization.") Login organization,
            @Option(
                            names = "--base-permission",
                            paramLabel = "ROLE",
                            required = true,
                            description = "none, read, write or admin.")
                    Role permission)
            throws Exception {
        try (var site = gerve().open()) {
            site.organizations().setBasePermission(organization, permission);
        }
        return done("Each member of " + organization + " has " + OptionConverters.constant(permission)
                + " on its repositories.");
    }

    @Command(name = "add-member", header = "Add a user to an organization, or change a member's role.")
    int addMember(
            @Parameters(paramLabel = "ORG", description = "The organization.") Login organization,
            @Parameters(paramLabel = "LOGIN", description = "The user.") Login member,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            defaultValue = "member",
                            showDefaultValue = Visibility.ALWAYS,
                            description = "member, or owner, who has admin on all repositories.")
                    OrganizationMember.Role role)
            throws Exception {
        try (var site = gerve().open()) {
            site.organizations().addMember(organization, member, role);
        }
        return done(member + " is " + OptionConverters.constant(role) + " of " + organization + ".");
    }

    @Command(name = "remove-member", header = "Remove a user from an organization and all of its teams.")
    int removeMember(
            @Parameters(paramLabel = "ORG", description = "The organization.") Login organization,
            @Parameters(paramLabel = "LOGIN", description = "The user.") Login member)
            throws Exception {
        try (var site = gerve().open()) {
            site.organizations().removeMember(organization, member);
        }
        return done(member + " is not in " + organization + " any more.");
    }
}
