package io.gerve.cli;

import io.gerve.access.Role;
import io.gerve.admin.OrganizationMember;
import io.gerve.cli.option.OptionConverters;
import io.gerve.cli.output.Table;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve org}. */
@Command(
        name = "org",
        header = "Organizations: make, list, members and what they may do.",
        description = {
            "",
            "Owners of an organization may do everything with its repositories; members what the base permission, their teams and the"
                    + " repositories' collaborators say.",
            "",
            "  gerve org create github --owner defunkt",
            "  gerve org add-member github tom",
            "  gerve org base-permission github read",
        })
final class OrgCommand extends CommandGroup {
    private static final Table<OrganizationMember> MEMBERS = Table.<OrganizationMember>rows()
            .column("login", member -> member.login().text())
            .column("role", OrganizationMember::role);

    @Command(header = "Make an organization.")
    int create(
            @Parameters(paramLabel = "ORG", description = "The new organization.") Login organization,
            @Option(names = "--owner", paramLabel = "LOGIN", description = "The user who owns it first.")
                    Optional<Login> owner,
            @Option(names = "--server", paramLabel = "SERVER", description = "The file server for its repositories.")
                    Optional<String> server)
            throws Exception {
        try (var site = gerve().open()) {
            if (owner.isPresent()) {
                // Before the organization is made, so that a mistyped login leaves none without an owner.
                site.accounts().show(owner.get());
            }
            var made = new AccountCreation(site, gerve()::note).create(organization, Account.Kind.ORGANIZATION, server);
            if (owner.isPresent()) {
                site.organizations().addMember(organization, owner.get(), OrganizationMember.Role.OWNER);
            }
            gerve().printOne(AccountCommand.ACCOUNT, made);
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

    @Command(header = "List an organization's members.")
    int show(@Parameters(paramLabel = "ORG", description = "Whose.") Login organization) throws Exception {
        try (var site = gerve().open()) {
            gerve().print(MEMBERS, site.organizations().members(organization));
        }
        return ExitStatus.DONE;
    }

    @Command(name = "base-permission", header = "Say what each member may do with each repository of an organization.")
    int basePermission(
            @Parameters(paramLabel = "ORG", description = "Whose members.") Login organization,
            @Parameters(paramLabel = "ROLE", description = "none, read, write or admin.") Role permission)
            throws Exception {
        try (var site = gerve().open()) {
            site.organizations().setBasePermission(organization, permission);
        }
        return done("Each member of " + organization + " has " + OptionConverters.constant(permission)
                + " on its repositories.");
    }

    @Command(name = "add-member", header = "Make a user a member, or change a member's role.")
    int addMember(
            @Parameters(paramLabel = "ORG", description = "Of which organization.") Login organization,
            @Parameters(paramLabel = "LOGIN", description = "The user.") Login member,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            defaultValue = "member",
                            showDefaultValue = Visibility.ALWAYS,
                            description = "member, or owner, who may do everything.")
                    OrganizationMember.Role role)
            throws Exception {
        try (var site = gerve().open()) {
            site.organizations().addMember(organization, member, role);
        }
        return done(member + " is " + OptionConverters.constant(role) + " of " + organization + ".");
    }

    @Command(name = "remove-member", header = "Take a user out of an organization and all of its teams.")
    int removeMember(
            @Parameters(paramLabel = "ORG", description = "Of which organization.") Login organization,
            @Parameters(paramLabel = "LOGIN", description = "The user.") Login member)
            throws Exception {
        try (var site = gerve().open()) {
            site.organizations().removeMember(organization, member);
        }
        return done(member + " is not in " + organization + " any more.");
    }
}
