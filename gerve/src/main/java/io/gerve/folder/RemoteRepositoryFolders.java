package io.gerve.folder;

import io.gerve.admin.AdoptedFolder;
import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.admin.FolderDetails;
import io.gerve.admin.NewFolder;
import io.gerve.admin.RepositoryFolders;
import io.gerve.git.BranchName;
import io.gerve.git.ObjectFormat;
import io.gerve.git.RepositoryName;
import io.gerve.git.RepositoryPath;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.routing.FileServerHost;
import io.gerve.routing.Route;
import io.gerve.routing.RouteResolver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.Consumer;

/** Repository folders on the hosts that the routes name. */
public final class RemoteRepositoryFolders implements RepositoryFolders {
    /** Time for git fsck of a large repository. */
    private static final Duration CHECK_MAX = Duration.ofHours(1);

    private final RouteResolver routes;
    private final RepositoryFolderCommand command;
    private final Consumer<String> warnings;

    /**
     * @param routes reads the database, without a cache
     * @param warnings gets a sentence about each standby whose copy could not be changed
     */
    public RemoteRepositoryFolders(RouteResolver routes, RepositoryFolderCommand command, Consumer<String> warnings) {
        this.warnings = warnings;
        this.routes = routes;
        this.command = command;
    }

    @Override
    public FolderDetails create(RepositoryName repository, NewFolder form) throws ChangeRefused, DependencyUnavailable {
        String format = form.objectFormat() == ObjectFormat.SHA1
                ? ""
                : " --object-format " + form.objectFormat().name().toLowerCase(Locale.ROOT);
        String branch = form.defaultBranch()
                .map(name -> " --default-branch " + quoted(name))
                .orElse("");
        return onWriteHosts(routeTo(repository.owner()), "create " + quoted(repository) + format + branch);
    }

    @Override
    public void check(AdoptedFolder source, RepositoryName repository) throws ChangeRefused, DependencyUnavailable {
        for (var host : routeTo(repository.owner()).writeHosts()) {
            command.within(CHECK_MAX)
                    .run(host, "check" + adopted(source, repository))
                    .orThrow();
        }
    }

    @Override
    public FolderDetails adopt(AdoptedFolder source, RepositoryName repository)
            throws ChangeRefused, DependencyUnavailable {
        return onWriteHosts(routeTo(repository.owner()), "adopt" + adopted(source, repository));
    }

    private static String adopted(AdoptedFolder source, RepositoryName repository) {
        String from = source.path().isEmpty() ? quoted(repository) : "'" + source.path() + "'";
        return " " + from + " " + quoted(repository) + (source.keepsHooks() ? " --keep-hooks" : "");
    }

    @Override
    public FolderDetails show(RepositoryName repository) throws ChangeRefused, DependencyUnavailable {
        FileServerHost active = routeTo(repository.owner()).hosts().getFirst();
        return command.run(active, "show " + quoted(repository)).orThrow();
    }

    @Override
    public FolderDetails setDefaultBranch(RepositoryName repository, BranchName branch)
            throws ChangeRefused, DependencyUnavailable {
        String change = "set-default-branch " + quoted(repository) + " " + quoted(branch);
        var route = routeTo(repository.owner());
        FolderDetails changed = onWriteHosts(route, change);
        for (var standby : route.hosts()) {
            if (!route.writeHosts().contains(standby)) {
                keepAlike(standby, change);
            }
        }
        return changed;
    }

    /** Makes the same change to the copy on a standby, which the operator may not have made yet. */
    private void keepAlike(FileServerHost standby, String change) {
        try {
            if (command.run(standby, change) instanceof RepositoryFolderCommand.Result.Refused(String sentence)) {
                warnings.accept("The copy on the standby has another default branch: " + sentence);
            }
        } catch (ChangeRefused | DependencyUnavailable e) {
            warnings.accept("The copy on the standby has another default branch: " + e.getMessage());
        }
    }

    private FolderDetails onWriteHosts(Route route, String change) throws ChangeRefused, DependencyUnavailable {
        FolderDetails details = FolderDetails.UNKNOWN;
        for (var host : route.writeHosts()) {
            details = command.run(host, change).orThrow();
        }
        return details;
    }

    @Override
    public boolean move(RepositoryName from, RepositoryName to) throws ChangeRefused, DependencyUnavailable {
        var route = routeTo(from.owner());
        if (!route.server().equals(routeTo(to.owner()).server())) {
            throw new ChangeRefused("The repositories of " + to.owner() + " are on another file server than those of "
                    + from.owner() + ". A repository cannot be renamed across file servers.");
        }
        Deque<FileServerHost> moved = new ArrayDeque<>();
        for (var host : route.writeHosts()) {
            var result = command.run(host, "move " + quoted(from) + " " + quoted(to));
            if (result instanceof RepositoryFolderCommand.Result.Done) {
                moved.push(host);
                continue;
            }
            for (var earlier : moved) {
                command.run(earlier, "move " + quoted(to) + " " + quoted(from));
            }
            return result.existed();
        }
        return true;
    }

    @Override
    public void remove(RepositoryName repository) throws ChangeRefused, DependencyUnavailable {
        for (var host : routeTo(repository.owner()).writeHosts()) {
            command.run(host, "remove " + quoted(repository)).existed();
        }
    }

    private Route routeTo(Login owner) throws ChangeRefused, DependencyUnavailable {
        try {
            return routes.routeTo(owner)
                    .orElseThrow(() -> new ChangeRefused(
                            owner + " has no file server. Set one: gerve route set " + owner + " SERVER"));
        } catch (LookupUnavailable e) {
            throw DependencyUnavailable.beforeAnyChange(
                    "Could not find out on which file server the repositories of " + owner + " are. Try again.", e);
        }
    }

    private static String quoted(BranchName branch) {
        return "'" + branch + "'";
    }

    private static String quoted(RepositoryName repository) {
        return "'" + new RepositoryPath(repository).text() + "'";
    }
}
