package io.gerve.folder;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.admin.FolderDetails;
import io.gerve.config.Durations;
import io.gerve.fileserver.FileServerUnavailable;
import io.gerve.fileserver.FileServers;
import io.gerve.fileserver.RemoteCommand;
import io.gerve.fileserver.RemoteExit;
import io.gerve.logging.TextEscaper;
import io.gerve.routing.FileServerHost;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Command {@code gerve-repository} of packaging/file-server, run on a host of a file server. */
public final class RepositoryFolderCommand {
    private static final String NAME = "gerve-repository";

    private final FileServers servers;
    private final Duration timeout;

    /** @param timeout how long a host may take, without the time to connect to it */
    public RepositoryFolderCommand(FileServers servers, Duration timeout) {
        this.servers = servers;
        this.timeout = timeout;
    }

    /** Returns this command with another timeout. */
    RepositoryFolderCommand within(Duration otherTimeout) {
        return new RepositoryFolderCommand(servers, otherTimeout);
    }

    /** Result of the command. Nothing was changed unless it is {@link Done}. */
    sealed interface Result {
        /** @param lines what the command printed */
        record Done(List<String> lines) implements Result {}

        record NotFound(String sentence) implements Result {}

        record Refused(String sentence) implements Result {}

        /** Returns what the command printed about the repository. */
        default FolderDetails orThrow() throws ChangeRefused {
            return switch (this) {
                case Done(List<String> lines) ->
                    new FolderDetails(fact(lines, "object_format "), fact(lines, "default_branch "));
                case NotFound(String sentence) -> throw new ChangeRefused(sentence);
                case Refused(String sentence) -> throw new ChangeRefused(sentence);
            };
        }

        private static String fact(List<String> lines, String name) {
            return lines.stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> TextEscaper.oneLine(line.substring(name.length())))
                    .findFirst()
                    .orElse("");
        }

        /** Returns false if there is no such folder. */
        default boolean existed() throws ChangeRefused {
            return switch (this) {
                case Done _ -> true;
                case NotFound _ -> false;
                case Refused(String sentence) -> throw new ChangeRefused(sentence);
            };
        }
    }

    /**
     * Runs the command and waits for its result until the timeout.
     *
     * @throws DependencyUnavailable if the host does not answer; the message says whether something may have been
     *     changed
     */
    Result run(FileServerHost host, String arguments) throws ChangeRefused, DependencyUnavailable {
        var message = new FirstLine();
        var confirmation = new StartConfirmation();
        try (var command = servers.start(host, NAME + " " + arguments, Map.of(), confirmation, message)) {
            Optional<RemoteExit> exit = await(command, confirmation);
            boolean nothingChanged = confirmation.withhold();
            if (exit.isEmpty()) {
                throw nothingChanged
                        ? DependencyUnavailable.beforeAnyChange("File server " + host.name() + " was not ready within "
                                + Durations.text(timeout) + ". Nothing was changed. Try again.")
                        : new DependencyUnavailable("File server " + host.name() + " did not answer within "
                                + Durations.text(timeout) + ", and it is not known what it did.");
            }
            return switch (exit.get()) {
                case RemoteExit.Exited(int status) -> result(host, status, confirmation.lines(), message.text());
                case RemoteExit.Signalled(String signal) ->
                    throw new DependencyUnavailable("File server " + host.name() + ": " + NAME + " was killed by "
                            + signal + ", and may have done a part of its work.");
                case RemoteExit.Lost(String why) ->
                    throw nothingChanged
                            ? DependencyUnavailable.beforeAnyChange("File server " + host.name() + " was disconnected ("
                                    + why + "). Nothing was changed. Try again.")
                            : new DependencyUnavailable("File server " + host.name() + " was disconnected (" + why
                                    + "), and it is not known what it did.");
            };
        } catch (FileServerUnavailable e) {
            throw DependencyUnavailable.beforeAnyChange(
                    "File server " + host.name() + " could not be reached: " + e.getMessage()
                            + ". Nothing was changed. Try again, or see: gerve doctor",
                    e);
        } catch (IllegalArgumentException e) {
            throw new ChangeRefused("No file server can be reached: " + e.getMessage() + ".");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DependencyUnavailable("Interrupted while file server " + host.name() + " was working.", e);
        }
    }

    private Optional<RemoteExit> await(RemoteCommand command, StartConfirmation confirmation)
            throws InterruptedException {
        var confirming = Thread.ofVirtual().name("file-server-confirmation").start(() -> {
            try (var stdin = command.stdin()) {
                confirmation.confirmWhenAsked(stdin);
            } catch (IOException _) {
                // The command has ended; its exit status says how.
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            return command.await(timeout);
        } finally {
            confirming.interrupt();
        }
    }

    /** @param status as packaging/file-server/README.md lists it; git-shell exits with 128 if it lacks the command */
    private static Result result(FileServerHost host, int status, List<String> lines, String message)
            throws DependencyUnavailable {
        String server = "File server " + host.name();
        return switch (status) {
            case 0 -> new Result.Done(lines);
            case 2 ->
                new Result.Refused(server + " has another version of " + NAME
                        + " than this program: run packaging/file-server/setup there.");
            case 3 -> new Result.NotFound(server + " does not have the repository.");
            case 5 ->
                throw new DependencyUnavailable(
                        server + " failed, and may have done a part of its work: " + message + ".");
            case 6 ->
                throw DependencyUnavailable.beforeAnyChange(
                        server + " did nothing: " + message + ". Nothing was changed. Try again.");
            case 128 ->
                new Result.Refused(server + " has no command " + NAME + ": run packaging/file-server/setup there.");
            default -> new Result.Refused(server + " refused: " + message);
        };
    }
}
