package io.gerve.cli;

import io.gerve.bridge.Ending;
import io.gerve.bridge.FileServerUnavailable;
import io.gerve.bridge.FileServers;
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
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/** Makes, moves and removes repositories with the command {@code gerve-repository} of packaging/file-server. */
final class FileServerFolders implements RepositoryFolders {
    private static final String COMMAND = "gerve-repository";

    private final Chimney chimney;
    private final FileServers servers;

    /** @param chimney which must not answer from memory */
    FileServerFolders(Chimney chimney, FileServers servers) {
        this.chimney = chimney;
        this.servers = servers;
    }

    @Override
    public void create(RepositoryName repository) throws Refused, Unreachable {
        for (var host : routeTo(repository.owner()).writeHosts()) {
            if (run(host, "create " + quoted(repository)) instanceof Answer.Refusal refusal) {
                throw new Refused(refusal.sentence());
            }
        }
    }

    @Override
    public void move(RepositoryName from, RepositoryName to) throws Refused, Unreachable {
        var route = routeTo(from.owner());
        if (!route.server().equals(routeTo(to.owner()).server())) {
            throw new Refused("The repositories of " + to.owner() + " are on another file server than those of "
                    + from.owner() + ", and a repository cannot be handed over between two.");
        }
        Deque<FileServerHost> moved = new ArrayDeque<>();
        for (var host : route.writeHosts()) {
            if (run(host, "move " + quoted(from) + " " + quoted(to)) instanceof Answer.Refusal refusal) {
                for (var earlier : moved) {
                    run(earlier, "move " + quoted(to) + " " + quoted(from));
                }
                throw new Refused(refusal.sentence());
            }
            moved.push(host);
        }
    }

    @Override
    public void remove(RepositoryName repository) throws Refused, Unreachable {
        for (var host : routeTo(repository.owner()).writeHosts()) {
            if (run(host, "remove " + quoted(repository)) instanceof Answer.Refusal refusal && !refusal.notThere()) {
                throw new Refused(refusal.sentence());
            }
        }
    }

    /** Logs in and asks for the command's version, which changes nothing. */
    void check(FileServerHost host) throws Refused, Unreachable {
        if (run(host, "version") instanceof Answer.Refusal refusal) {
            throw new Refused(refusal.sentence());
        }
    }

    private sealed interface Answer {
        record Done() implements Answer {}

        record Refusal(String sentence, boolean notThere) implements Answer {}
    }

    private Route routeTo(Login owner) throws Refused, Unreachable {
        try {
            return chimney.routeTo(owner)
                    .orElseThrow(() -> new Refused("No file server was chosen for " + owner
                            + ". First: gerve route set " + owner + " SERVER"));
        } catch (LookupUnavailable e) {
            throw new Unreachable(
                    "Could not find out on which file server the repositories of " + owner + " are. Try again.", e);
        }
    }

    private Answer run(FileServerHost host, String arguments) throws Refused, Unreachable {
        var complaint = new FirstLine();
        try (var command =
                servers.start(host, COMMAND + " " + arguments, Map.of(), OutputStream.nullOutputStream(), complaint)) {
            command.stdin().close();
            return switch (command.await()) {
                case Ending.Exited(int status) -> answer(host, status, complaint.text());
                case Ending.Signalled(String signal) ->
                    throw new Unreachable("File server " + host.name() + ": " + COMMAND + " was killed by " + signal
                            + ", and may be half done.");
                case Ending.Lost(String why) ->
                    throw new Unreachable("File server " + host.name() + " went away (" + why
                            + "), and it is not known what it did.");
            };
        } catch (FileServerUnavailable e) {
            throw new Unreachable(
                    "File server " + host.name() + " could not be reached: " + e.getMessage()
                            + ". Nothing was changed. Try again, or see: gerve doctor",
                    e);
        } catch (IllegalArgumentException e) {
            throw new Refused("No file server can be reached: " + e.getMessage() + ".");
        } catch (IOException e) {
            throw new Unreachable("File server " + host.name() + " went away, and it is not known what it did.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("Interrupted while file server " + host.name() + " was at work.", e);
        }
    }

    /** @param status as packaging/file-server/README.md lists them; 128 is git-shell's for a command that it does not have */
    private static Answer answer(FileServerHost host, int status, String complaint) {
        String server = "File server " + host.name();
        return switch (status) {
            case 0 -> new Answer.Done();
            case 3 -> new Answer.Refusal(server + " does not have the repository.", true);
            case 128 ->
                new Answer.Refusal(
                        server + " has no command " + COMMAND + ": run packaging/file-server/setup there.", false);
            default -> new Answer.Refusal(server + " refused: " + complaint, false);
        };
    }

    private static String quoted(RepositoryName repository) {
        return "'" + new RepositoryPath(repository).text() + "'";
    }
}
