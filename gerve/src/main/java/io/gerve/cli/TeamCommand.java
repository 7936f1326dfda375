package io.gerve.cli;

import io.gerve.access.Role;
import io.gerve.admin.TeamDetails;
import io.gerve.admin.TeamName;
import io.gerve.cli.option.OptionConverters;
import io.gerve.cli.output.Table;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.program.ExitStatus;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve team}. */
@Command(
        name = "team",
        header = "Create teams; manage their members and their roles on repositories.",
        description = {
            "",
            "A team is named organization/team. Teams nest: a team has the roles of its parent too.",
            "",
            "  gerve team create github/engineers",
            "  gerve team create github/core --parent github/engineers",
            "  gerve team add-member github/core tom",
            "  gerve team grant github/core github/site write",
            "  gerve team set github/core --no-parent",
        })
final class TeamCommand extends CommandGroup {
    private static final Table<TeamDetails> TEAMS = Table.<TeamDetails>rows()
            .column("team", team -> team.name().toString())
            .column("parent", TeamDetails::parent)
            .column("members", team -> team.members().stream().map(Login::text).toList())
            .column(
                    "grants",
                    team -> team.grants().stream()
                            .map(grant -> grant.repository() + ":" + OptionConverters.constant(grant.role()))
                            .toList());

    @Command(header = "Create a team.")
    int create(
            @Parameters(paramLabel = "TEAM", description = "The new team, organization/team.") TeamName team,
            @Option(names = "--parent", paramLabel = "TEAM", description = "The parent team.")
                    Optional<TeamName> parent)
            throws Exception {
        try (var site = gerve().open()) {
            gerve().printOne(TEAMS, site.teams().create(team, parent));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "List the teams of an organization.")
    int list(@Parameters(paramLabel = "ORG", description = "The organization.") Login organization) throws Exception {
        try (var site = gerve().open()) {
            gerve().print(TEAMS, site.teams().list(organization));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Show a team with its own members and roles.")
    int show(@Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team) throws Exception {
        try (var site = gerve().open()) {
            gerve().printOne(TEAMS, site.teams().show(team));
        }
        return ExitStatus.DONE;
    }

    @Command(name = "add-member", header = "Add a member of the organization to a team.")
    int addMember(
            @Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team,
            @Parameters(paramLabel = "LOGIN", description = "The user.") Login member)
            throws Exception {
        try (var site = gerve().open()) {
            site.teams().addMember(team, member);
        }
        return done(member + " is in " + team + ".");
    }

    @Command(name = "remove-member", header = "Remove a user from a team.")
    int removeMember(
            @Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team,
            @Parameters(paramLabel = "LOGIN", description = "The user.") Login member)
            throws Exception {
        try (var site = gerve().open()) {
            site.teams().removeMember(team, member);
        }
        return done(member + " is not in " + team + " any more.");
    }

    /** The parent of a team, or none. */
    static final class ParentOptions {
        @Option(names = "--parent", paramLabel = "TEAM", description = "The parent team, organization/team.")
        private Optional<TeamName> parent = Optional.empty();

        @Option(names = "--no-parent", description = "The team has no parent.")
        private boolean none;
    }

    @Command(header = "Set the parent of a team, or remove it.")
    int set(
            @Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team,
            @ArgGroup(multiplicity = "1") ParentOptions options)
            throws Exception {
        try (var site = gerve().open()) {
            site.teams().setParent(team, options.none ? Optional.empty() : options.parent);
        }
        return done(team
                + options.parent
                        .map(parent -> " has the parent " + parent + ".")
                        .orElse(" has no parent."));
    }

    @Command(header = "Give a team a role on a repository of its organization, or change it.")
    int grant(
            @Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team,
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Parameters(
                            paramLabel = "ROLE",
                            completionCandidates = OptionConverters.Roles.class,
                            description = "${COMPLETION-CANDIDATES}")
                    Role role)
            throws Exception {
        try (var site = gerve().open()) {
            site.teams().grant(team, repository, OptionConverters.grantable(role));
        }
        return done(team + " has " + OptionConverters.constant(role) + " on " + repository + ".");
    }

    @Command(header = "Remove a team's role on a repository.")
    int revoke(
            @Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team,
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository)
            throws Exception {
        try (var site = gerve().open()) {
            site.teams().revoke(team, repository);
        }
        return done(team + " has no role of its own on " + repository + " any more.");
    }
}
