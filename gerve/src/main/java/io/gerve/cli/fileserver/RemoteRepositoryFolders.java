package io.gerve.cli.fileserver;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.admin.RepositoryFolders;
import io.gerve.git.RepositoryName;
import io.gerve.git.RepositoryPath;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.routing.FileServerHost;
import io.gerve.routing.Route;
import io.gerve.routing.RouteResolver;
import java.util.ArrayDeque;
import java.util.Deque;

/** Repository folders on the hosts that the routes name. */
public final class RemoteRepositoryFolders implements RepositoryFolders {
    private final RouteResolver routes;
    private final RepositoryFolderCommand command;

    /** @param routes reads the database, without a cache */
    public RemoteRepositoryFolders(RouteResolver routes, RepositoryFolderCommand command) {
        this.routes = routes;
        this.command = command;
    }

    @Override
    public void create(RepositoryName repository) throws ChangeRefused, DependencyUnavailable {
        for (var host : routeTo(repository.owner()).writeHosts()) {
            command.run(host, "create " + quoted(repository)).orThrow();
        }
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

    private static String quoted(RepositoryName repository) {
        return "'" + new RepositoryPath(repository).text() + "'";
    }
}
