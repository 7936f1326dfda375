package io.gerve.cli;

import io.gerve.access.Role;
import io.gerve.admin.TeamDetails;
import io.gerve.admin.TeamName;
import io.gerve.cli.option.OptionConverters;
import io.gerve.cli.output.Table;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve team}. */
@Command(
        name = "team",
        header = "Teams of an organization: make, list, members, and rights for repositories.",
        description = {
            "",
            "Teams nest: a team has the rights of the teams above it too. A team is named organization/team.",
            "",
            "  gerve team create github/engineers",
            "  gerve team create github/core --parent github/engineers",
            "  gerve team add-member github/core tom",
            "  gerve team grant github/core github/site write",
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

    @Command(header = "Make a team.")
    int create(
            @Parameters(paramLabel = "TEAM", description = "The new team, organization/team.") TeamName team,
            @Option(names = "--parent", paramLabel = "TEAM", description = "The team above it.")
                    Optional<TeamName> parent)
            throws Exception {
        try (var site = gerve().open()) {
            gerve().printOne(TEAMS, site.teams().create(team, parent));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "List an organization's teams.")
    int list(@Parameters(paramLabel = "ORG", description = "Whose.") Login organization) throws Exception {
        try (var site = gerve().open()) {
            gerve().print(TEAMS, site.teams().list(organization));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Show a team, with its own members and rights.")
    int show(@Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team) throws Exception {
        try (var site = gerve().open()) {
            gerve().printOne(TEAMS, site.teams().show(team));
        }
        return ExitStatus.DONE;
    }

    @Command(name = "add-member", header = "Put a member of the organization into a team.")
    int addMember(
            @Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team,
            @Parameters(paramLabel = "LOGIN", description = "The user.") Login member)
            throws Exception {
        try (var site = gerve().open()) {
            site.teams().addMember(team, member);
        }
        return done(member + " is in " + team + ".");
    }

    @Command(name = "remove-member", header = "Take somebody out of a team.")
    int removeMember(
            @Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team,
            @Parameters(paramLabel = "LOGIN", description = "The user.") Login member)
            throws Exception {
        try (var site = gerve().open()) {
            site.teams().removeMember(team, member);
        }
        return done(member + " is not in " + team + " any more.");
    }

    @Command(name = "set-parent", header = "Put a team below another one, or, with none given, at the top.")
    int setParent(
            @Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team,
            @Parameters(paramLabel = "PARENT", arity = "0..1", description = "The team above it.")
                    Optional<TeamName> parent)
            throws Exception {
        try (var site = gerve().open()) {
            site.teams().setParent(team, parent);
        }
        return done(team + parent.map(above -> " stands below " + above + ".").orElse(" stands at the top."));
    }

    @Command(header = "Give a team a role for a repository of its organization, or change it.")
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
            site.teams().grant(team, repository, OptionConverters.given(role));
        }
        return done(team + " has " + OptionConverters.constant(role) + " on " + repository + ".");
    }

    @Command(header = "Take a team's role for a repository away.")
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
