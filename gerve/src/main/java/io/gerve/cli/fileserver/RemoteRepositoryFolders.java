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

/** Makes, moves and removes repositories on the hosts that the routes name. */
public final class RemoteRepositoryFolders implements RepositoryFolders {
    private final RouteResolver chimney;
    private final RepositoryFolderCommand command;

    /** @param chimney which must not answer from memory */
    public RemoteRepositoryFolders(RouteResolver chimney, RepositoryFolderCommand command) {
        this.chimney = chimney;
        this.command = command;
    }

    @Override
    public void create(RepositoryName repository) throws ChangeRefused, DependencyUnavailable {
        for (var host : routeTo(repository.owner()).writeHosts()) {
            command.run(host, "create " + quoted(repository)).orRefused();
        }
    }

    @Override
    public boolean move(RepositoryName from, RepositoryName to) throws ChangeRefused, DependencyUnavailable {
        var route = routeTo(from.owner());
        if (!route.server().equals(routeTo(to.owner()).server())) {
            throw new ChangeRefused("The repositories of " + to.owner() + " are on another file server than those of "
                    + from.owner() + ", and a repository cannot be handed over between two.");
        }
        Deque<FileServerHost> moved = new ArrayDeque<>();
        for (var host : route.writeHosts()) {
            var answer = command.run(host, "move " + quoted(from) + " " + quoted(to));
            if (answer instanceof RepositoryFolderCommand.Answer.Done) {
                moved.push(host);
                continue;
            }
            for (var earlier : moved) {
                command.run(earlier, "move " + quoted(to) + " " + quoted(from));
            }
            return answer.wasThere();
        }
        return true;
    }

    @Override
    public void remove(RepositoryName repository) throws ChangeRefused, DependencyUnavailable {
        for (var host : routeTo(repository.owner()).writeHosts()) {
            command.run(host, "remove " + quoted(repository)).wasThere();
        }
    }

    /** Logs in and asks for the command's version, which changes nothing. */
    public void check(FileServerHost host) throws ChangeRefused, DependencyUnavailable {
        command.run(host, "version").orRefused();
    }

    private Route routeTo(Login owner) throws ChangeRefused, DependencyUnavailable {
        try {
            return chimney.routeTo(owner)
                    .orElseThrow(() -> new ChangeRefused("No file server was chosen for " + owner
                            + ". First: gerve route set " + owner + " SERVER"));
        } catch (LookupUnavailable e) {
            throw DependencyUnavailable.beforeAnyChange(
                    "Could not find out on which file server the repositories of " + owner + " are. Try again.", e);
        }
    }

    private static String quoted(RepositoryName repository) {
        return "'" + new RepositoryPath(repository).text() + "'";
    }
}
