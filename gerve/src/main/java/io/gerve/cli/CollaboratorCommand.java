package io.gerve.cli;

import io.gerve.access.Role;
import io.gerve.admin.Collaborator;
import io.gerve.cli.option.OptionConverters;
import io.gerve.cli.output.Table;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.program.ExitStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve collaborator}. */
@Command(
        name = "collaborator",
        header = "Add, list and remove users who have a role on one repository.",
        description = {
            "",
            "  gerve collaborator add mojombo/bert tom --role write",
            "  gerve collaborator list mojombo/bert",
        })
final class CollaboratorCommand extends CommandGroup {
    private static final Table<Collaborator> COLLABORATORS = Table.<Collaborator>rows()
            .column("login", collaborator -> collaborator.login().text())
            .column("role", Collaborator::role);

    @Command(header = "Give a user a role on a repository, or change it.")
    int add(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Parameters(paramLabel = "LOGIN", description = "The user.") Login login,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            required = true,
                            completionCandidates = OptionConverters.Roles.class,
                            description = "${COMPLETION-CANDIDATES}")
                    Role role)
            throws Exception {
        try (var site = gerve().open()) {
            site.collaborators().add(repository, login, OptionConverters.grantable(role));
        }
        return done(login + " has " + OptionConverters.constant(role) + " on " + repository + ".");
    }

    @Command(header = "Remove a user's role on a repository.")
    int remove(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Parameters(paramLabel = "LOGIN", description = "The user.") Login login)
            throws Exception {
        try (var site = gerve().open()) {
            site.collaborators().remove(repository, login);
        }
        return done(login + " is not a collaborator of " + repository + " any more.");
    }

    @Command(header = "List the collaborators of a repository.")
    int list(@Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository) throws Exception {
        try (var site = gerve().open()) {
            gerve().print(COLLABORATORS, site.collaborators().list(repository));
        }
        return ExitStatus.DONE;
    }
}
