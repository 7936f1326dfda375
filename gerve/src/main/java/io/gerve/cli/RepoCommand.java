package io.gerve.cli;

import static picocli.CommandLine.Help.Visibility.ALWAYS;

import io.gerve.access.Repository.State;
import io.gerve.access.Repository.Visibility;
import io.gerve.admin.AdoptedFolder;
import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.admin.FolderDetails;
import io.gerve.admin.NewFolder;
import io.gerve.admin.OperatorMessage;
import io.gerve.admin.RepositoryDetails;
import io.gerve.cli.option.OptionConverters;
import io.gerve.cli.output.Table;
import io.gerve.git.BranchName;
import io.gerve.git.ObjectFormat;
import io.gerve.git.RepositoryName;
import io.gerve.git.RepositoryPath;
import io.gerve.keylookup.directory.Login;
import io.gerve.program.ExitStatus;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve repo}. */
@Command(
        name = "repo",
        header = "Create, adopt, rename, archive, lock, disable and delete repositories.",
        description = {
            "",
            "  gerve repo create mojombo/bert",
            "  gerve repo rename mojombo/bert github/bert",
            "  gerve repo set github/bert --visibility public",
            "  gerve repo set github/bert --default-branch trunk",
            "  gerve repo lock github/bert --reason 'Under legal review'",
        })
final class RepoCommand extends CommandGroup {
    private static final Table<RepositoryDetails> REPOSITORIES = Table.<RepositoryDetails>rows()
            .column("repository", entry -> entry.name().toString())
            .column("visibility", RepositoryDetails::visibility)
            .column("state", RepositoryDetails::state)
            .column("reason", RepositoryDetails::stateReason)
            .column("created_at", RepositoryDetails::created);

    private static final Table<Details> REPOSITORY = Table.<Details>rows()
            .columns(REPOSITORIES, Details::entry)
            .column("path", shown -> new RepositoryPath(shown.entry().name()).text())
            .column("object_format", shown -> shown.folder().objectFormat())
            .column("default_branch", shown -> shown.folder().defaultBranch())
            .column("old_names", Details::oldNames);

    private record Details(RepositoryDetails entry, FolderDetails folder, List<String> oldNames) {}

    @Command(
            header = "Create an empty repository, in the database and on its owner's file server.",
            description = {
                "",
                "The first branch that is pushed becomes the default branch, unless the push has the one named here.",
                "",
                "  gerve repo create mojombo/bert --default-branch trunk",
                "  gerve repo create mojombo/god --object-format sha256",
            })
    int create(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Option(
                            names = "--public",
                            description = "Every user can read it. Without this, the repository is private.")
                    boolean isPublic,
            @Option(
                            names = "--object-format",
                            paramLabel = "FORMAT",
                            description = "Hash of the objects: sha1 or sha256. It cannot be changed later, and clients"
                                    + " before git 2.29, GitHub and many tools cannot read sha256.",
                            defaultValue = "sha1",
                            showDefaultValue = ALWAYS)
                    ObjectFormat objectFormat,
            @Option(
                            names = "--default-branch",
                            paramLabel = "NAME",
                            description = "Branch that a clone checks out. Default: that of git on the file server.")
                    Optional<BranchName> defaultBranch)
            throws Exception {
        try (var site = gerve().open()) {
            var service = site.repositoryService();
            var created = service.create(
                    repository,
                    isPublic ? Visibility.PUBLIC : Visibility.PRIVATE,
                    new NewFolder(objectFormat, defaultBranch));
            print(site, created, List.of());
        }
        return ExitStatus.DONE;
    }

    @Command(
            header = "Take over a bare repository that already lies on its owner's file server.",
            description = {
                "",
                "Checks the repository with git fsck, moves its folder to the place of REPO, gives it the git settings of a"
                        + " new repository, and registers it. HEAD, branches, tags, objects and their format stay. The"
                        + " former settings stay in its file config.before-adoption.",
                "",
                "Before that, on the file server: copy the repository into a folder of the git user on the disk with the"
                        + " repositories, and give it to the git user with chown -R. A removed repository in .gerve-trash is"
                        + " taken back in the same way.",
                "",
                "  gerve repo adopt mojombo/bert .gerve-trash/incoming/bert.git",
                "  gerve repo adopt mojombo/bert    # it lies in its place already, such as after a lost answer",
            })
    int adopt(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Parameters(
                            paramLabel = "PATH",
                            arity = "0..1",
                            description = "The folder on the file server, absolute or from the home of the git user."
                                    + " Default: the place of REPO.")
                    Optional<String> path,
            @Option(
                            names = "--public",
                            description = "Every user can read it. Without this, the repository is private.")
                    boolean isPublic,
            @Option(
                            names = "--keep-hooks",
                            description =
                                    "Take a repository that has hooks. They run on the file server with each push.")
                    boolean keepHooks)
            throws Exception {
        AdoptedFolder source;
        try {
            source = new AdoptedFolder(path.orElse(""), keepHooks);
        } catch (IllegalArgumentException e) {
            throw usage("'" + path.orElse("") + "': " + e.getMessage());
        }
        try (var site = gerve().open()) {
            var adopted = site.repositoryService()
                    .adopt(repository, isPublic ? Visibility.PUBLIC : Visibility.PRIVATE, source);
            print(site, adopted, List.of());
        }
        return ExitStatus.DONE;
    }

    /** Prints a repository. A file server that does not answer leaves its columns empty. */
    private void print(SiteConnection site, RepositoryDetails repository, List<String> oldNames) {
        FolderDetails folder = FolderDetails.UNKNOWN;
        try {
            folder = site.repositoryService().folder(repository);
        } catch (ChangeRefused | DependencyUnavailable e) {
            gerve().note("Its object format and default branch are unknown: " + e.getMessage());
        }
        gerve().printOne(REPOSITORY, new Details(repository, folder, oldNames));
    }

    @Command(header = "List the repositories of one owner, or of all.")
    int list(
            @Parameters(paramLabel = "OWNER", arity = "0..1", description = "A user or an organization.")
                    Optional<Login> owner)
            throws Exception {
        try (var site = gerve().open()) {
            gerve().print(REPOSITORIES, site.repositories().list(owner));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Show a repository, its path and default branch on the file server, and its old names.")
    int show(@Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository) throws Exception {
        try (var site = gerve().open()) {
            var repositories = site.repositories();
            print(site, repositories.show(repository), repositories.redirects(repository));
        }
        return ExitStatus.DONE;
    }

    @Command(
            header = "Rename a repository, also to another owner on the same file server.",
            description = {
                "",
                "The old name redirects to the new one, with a note to the git user, until another repository takes"
                        + " it. Running sessions"
                        + " continue. Teams of a new owner have no permission on the repository yet.",
            })
    int rename(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName from,
            @Parameters(paramLabel = "NEW", description = "owner/name") RepositoryName to)
            throws Exception {
        try (var site = gerve().open()) {
            var renamed = site.repositoryService().rename(from, to);
            return done(from + " is " + renamed.name() + " now. The old name redirects to it.");
        }
    }

    @Command(
            header = "Make a repository public or private, or change its default branch.",
            description = {
                "",
                "The default branch is the one that a clone checks out: HEAD of the repository on the file server and"
                        + " on its standbys.",
            })
    int set(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Option(
                            names = "--visibility",
                            paramLabel = "VISIBILITY",
                            description = "public: every user can read it. private: only who has a role on it.")
                    Optional<Visibility> visibility,
            @Option(
                            names = "--default-branch",
                            paramLabel = "NAME",
                            description = "A branch of the repository, or any name while it has no branch.")
                    Optional<BranchName> defaultBranch)
            throws Exception {
        if (visibility.isEmpty() && defaultBranch.isEmpty()) {
            throw usage("Give --visibility or --default-branch.");
        }
        try (var site = gerve().open()) {
            if (defaultBranch.isPresent()) {
                site.repositoryService().setDefaultBranch(repository, defaultBranch.get());
                gerve().note("The default branch of " + repository + " is " + defaultBranch.get() + ".");
            }
            if (visibility.isPresent()) {
                site.repositories().setVisibility(repository, visibility.get());
                gerve().note(repository + " is " + OptionConverters.constant(visibility.get()) + ".");
            }
            if (gerve().printsJson()) {
                var repositories = site.repositories();
                print(site, repositories.show(repository), repositories.redirects(repository));
            }
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Archive a repository: the gate refuses pushes to it.")
    int archive(@Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository)
            throws Exception {
        return close(repository, State.ARCHIVED, OperatorMessage.NONE);
    }

    @Command(header = "Unarchive a repository: the gate accepts pushes again.")
    int unarchive(@Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository)
            throws Exception {
        return reopen(repository, State.ARCHIVED);
    }

    @Command(header = "Lock a repository: the gate refuses pushes to it and says why.")
    int lock(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            required = true,
                            description = "Reason that the git user reads with every refused push.")
                    OperatorMessage reason)
            throws Exception {
        return close(repository, State.LOCKED, reason);
    }

    @Command(header = "Unlock a repository: the gate accepts pushes again.")
    int unlock(@Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository)
            throws Exception {
        return reopen(repository, State.LOCKED);
    }

    @Command(
            header = "Disable a repository: the gate refuses every request for it and says why.",
            description = {"", "An archived or locked repository is active after gerve repo enable."})
    int disable(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            required = true,
                            description = "Users who can read the repository read it with every refused request.")
                    OperatorMessage reason)
            throws Exception {
        return close(repository, State.DISABLED, reason);
    }

    @Command(header = "Enable a disabled repository.")
    int enable(@Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository)
            throws Exception {
        return reopen(repository, State.DISABLED);
    }

    @Command(
            header = "Delete a repository and every permission on it.",
            description = {
                "",
                "Its folder is moved to .gerve-trash on the file server. Asks on a terminal; elsewhere it needs --yes."
            })
    int delete(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Option(names = "--yes", description = "Do not ask.") boolean yes)
            throws Exception {
        gerve().confirm(yes, "Delete " + repository + " and every permission and deploy key's access on it?");
        try (var site = gerve().open()) {
            site.repositoryService().delete(repository);
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
