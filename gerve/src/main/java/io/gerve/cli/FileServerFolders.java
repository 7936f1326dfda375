package io.gerve.cli;

import io.gerve.chimney.Chimney;
import io.gerve.chimney.FileServerHost;
import io.gerve.chimney.Route;
import io.gerve.git.RepositoryName;
import io.gerve.git.RepositoryPath;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.registry.Refused;
import io.gerve.registry.RepositoryFolders;
import io.gerve.registry.Unreachable;
import java.util.ArrayDeque;
import java.util.Deque;

/** Makes, moves and removes repositories on the hosts that the routes name. */
final class FileServerFolders implements RepositoryFolders {
    private final Chimney chimney;
    private final FolderCommand command;

    /** @param chimney which must not answer from memory */
    FileServerFolders(Chimney chimney, FolderCommand command) {
        this.chimney = chimney;
        this.command = command;
    }

    @Override
    public void create(RepositoryName repository) throws Refused, Unreachable {
        for (var host : routeTo(repository.owner()).writeHosts()) {
            command.run(host, "create " + quoted(repository)).orRefused();
        }
    }

    @Override
    public boolean move(RepositoryName from, RepositoryName to) throws Refused, Unreachable {
        var route = routeTo(from.owner());
        if (!route.server().equals(routeTo(to.owner()).server())) {
            throw new Refused("The repositories of " + to.owner() + " are on another file server than those of "
                    + from.owner() + ", and a repository cannot be handed over between two.");
        }
        Deque<FileServerHost> moved = new ArrayDeque<>();
        for (var host : route.writeHosts()) {
            var answer = command.run(host, "move " + quoted(from) + " " + quoted(to));
            if (answer instanceof FolderCommand.Answer.Done) {
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
    public void remove(RepositoryName repository) throws Refused, Unreachable {
        for (var host : routeTo(repository.owner()).writeHosts()) {
            command.run(host, "remove " + quoted(repository)).wasThere();
        }
    }

    /** Logs in and asks for the command's version, which changes nothing. */
    void check(FileServerHost host) throws Refused, Unreachable {
        command.run(host, "version").orRefused();
    }

    private Route routeTo(Login owner) throws Refused, Unreachable {
        try {
            return chimney.routeTo(owner)
                    .orElseThrow(() -> new Refused("No file server was chosen for " + owner
                            + ". First: gerve route set " + owner + " SERVER"));
        } catch (LookupUnavailable e) {
            throw Unreachable.beforeAnyChange(
                    "Could not find out on which file server the repositories of " + owner + " are. Try again.", e);
        }
    }

    private static String quoted(RepositoryName repository) {
        return "'" + new RepositoryPath(repository).text() + "'";
    }
}
