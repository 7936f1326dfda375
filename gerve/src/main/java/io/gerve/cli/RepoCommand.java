package io.gerve.cli;

import io.gerve.access.Repository.State;
import io.gerve.access.Repository.Visibility;
import io.gerve.admin.OperatorMessage;
import io.gerve.admin.RepositoryDetails;
import io.gerve.cli.option.OptionConverters;
import io.gerve.cli.output.Table;
import io.gerve.git.RepositoryName;
import io.gerve.git.RepositoryPath;
import io.gerve.keylookup.directory.Login;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve repo}. */
@Command(
        name = "repo",
        header = "Repositories: make, rename, close, delete.",
        description = {
            "",
            "  gerve repo create mojombo/bert",
            "  gerve repo rename mojombo/bert github/bert",
            "  gerve repo lock github/bert --reason 'Under legal review'",
        })
final class RepoCommand extends CommandGroup {
    private static final Table<RepositoryDetails> REPOSITORIES = Table.<RepositoryDetails>rows()
            .column("repository", entry -> entry.name().toString())
            .column("visibility", RepositoryDetails::visibility)
            .column("state", RepositoryDetails::state)
            .column("reason", RepositoryDetails::stateReason)
            .column("created", RepositoryDetails::created);

    private static final Table<Details> REPOSITORY = Table.<Details>rows()
            .column("repository", shown -> shown.entry().name().toString())
            .column("visibility", shown -> shown.entry().visibility())
            .column("state", shown -> shown.entry().state())
            .column("reason", shown -> shown.entry().stateReason())
            .column("created", shown -> shown.entry().created())
            .column("path", shown -> new RepositoryPath(shown.entry().name()).text())
            .column("old_names", Details::oldNames);

    private record Details(RepositoryDetails entry, List<String> oldNames) {}

    @Command(header = "Make an empty repository, on its owner's file server too.")
    int create(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Option(names = "--public", description = "Every user may read it.") boolean open)
            throws Exception {
        try (var site = gerve().open()) {
            var made = site.repositories().create(repository, open ? Visibility.PUBLIC : Visibility.PRIVATE);
            gerve().printOne(REPOSITORY, new Details(made, List.of()));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "List an owner's repositories, or all.")
    int list(
            @Parameters(paramLabel = "OWNER", arity = "0..1", description = "A user or an organization.")
                    Optional<Login> owner)
            throws Exception {
        try (var site = gerve().open()) {
            gerve().print(REPOSITORIES, site.repositories().list(owner));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Show a repository, where it lies, and its old names.")
    int show(@Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository) throws Exception {
        try (var site = gerve().open()) {
            var repositories = site.repositories();
            gerve().printOne(
                            REPOSITORY, new Details(repositories.show(repository), repositories.redirects(repository)));
        }
        return ExitStatus.DONE;
    }

    @Command(
            header = "Rename a repository, or hand it to another owner on the same file server.",
            description = {
                "",
                "The old name goes on working, and tells who uses it the new one, until another repository takes it. Sessions that run go on."
                        + " A new owner's teams have no rights on it yet.",
            })
    int rename(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName from,
            @Parameters(paramLabel = "NEW", description = "owner/name") RepositoryName to)
            throws Exception {
        try (var site = gerve().open()) {
            var renamed = site.repositories().rename(from, to);
            return done(from + " is " + renamed.name() + " now. The old name goes on working.");
        }
    }

    @Command(header = "Make a repository public, so that every user may read it, or private.")
    int visibility(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Parameters(paramLabel = "public|private", description = "Who may read it.") Visibility visibility)
            throws Exception {
        try (var site = gerve().open()) {
            site.repositories().setVisibility(repository, visibility);
        }
        return done(repository + " is " + OptionConverters.constant(visibility) + ".");
    }

    @Command(header = "Refuse pushes, since its people are done with it.")
    int archive(@Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository)
            throws Exception {
        return close(repository, State.ARCHIVED, OperatorMessage.NONE);
    }

    @Command(header = "Take pushes to an archived repository again.")
    int unarchive(@Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository)
            throws Exception {
        return reopen(repository, State.ARCHIVED);
    }

    @Command(header = "Refuse pushes.")
    int lock(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Who pushes reads it.")
                    OperatorMessage reason)
            throws Exception {
        return close(repository, State.LOCKED, reason);
    }

    @Command(header = "Take pushes to a locked repository again.")
    int unlock(@Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository)
            throws Exception {
        return reopen(repository, State.LOCKED);
    }

    @Command(
            header =
                    "Refuse everything, reading too. An archived or locked repository becomes active when it is enabled.")
    int disable(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Who may read it reads it.")
                    OperatorMessage reason)
            throws Exception {
        return close(repository, State.DISABLED, reason);
    }

    @Command(header = "Open a disabled repository again.")
    int enable(@Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository)
            throws Exception {
        return reopen(repository, State.DISABLED);
    }

    @Command(
            header = "Delete a repository and every right to it.",
            description = {
                "",
                "Its folder is moved to .gerve-trash on the file server, from where it can be moved back."
            })
    int delete(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Option(names = "--yes", description = "Do not ask.") boolean yes)
            throws Exception {
        gerve().confirm(yes, "Delete " + repository + " with every right and deploy key's access to it?");
        try (var site = gerve().open()) {
            site.repositories().delete(repository);
        }
        return done(repository + " is deleted.");
    }

    private int close(RepositoryName repository, State state, OperatorMessage reason) throws Exception {
        try (var site = gerve().open()) {
            site.repositories().close(repository, state, reason);
        }
        return done(repository + " is " + OptionConverters.constant(state) + ".");
    }

    private int reopen(RepositoryName repository, State from) throws Exception {
        try (var site = gerve().open()) {
            site.repositories().reopen(repository, from);
        }
        return done(repository + " is active again.");
    }
}
