package io.gerve.cli.fileserver;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.config.Durations;
import io.gerve.fileserver.FileServerUnavailable;
import io.gerve.fileserver.FileServers;
import io.gerve.fileserver.RemoteCommand;
import io.gerve.fileserver.RemoteExit;
import io.gerve.routing.FileServerHost;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The command {@code gerve-repository} of packaging/file-server, as a file server's host runs it. */
public final class RepositoryFolderCommand {
    private static final String NAME = "gerve-repository";

    private final FileServers servers;
    private final Duration longest;

    /** @param longest that a host may take, beside the time to connect to it */
    public RepositoryFolderCommand(FileServers servers, Duration longest) {
        this.servers = servers;
        this.longest = longest;
    }

    /** What the host said. Nothing was changed unless it is done. */
    sealed interface Answer {
        record Done() implements Answer {}

        record NotThere(String sentence) implements Answer {}

        record Refusal(String sentence) implements Answer {}

        default void orRefused() throws ChangeRefused {
            switch (this) {
                case Done() -> {}
                case NotThere(String sentence) -> throw new ChangeRefused(sentence);
                case Refusal(String sentence) -> throw new ChangeRefused(sentence);
            }
        }

        /** @return false if there is no such folder */
        default boolean wasThere() throws ChangeRefused {
            return switch (this) {
                case Done() -> true;
                case NotThere _ -> false;
                case Refusal(String sentence) -> throw new ChangeRefused(sentence);
            };
        }
    }

    /**
     * Runs it and waits for its answer, for as long as is allowed.
     *
     * @throws DependencyUnavailable if there is none; it tells whether something may have been changed, or may yet be
     */
    Answer run(FileServerHost host, String arguments) throws ChangeRefused, DependencyUnavailable {
        var complaint = new FirstLine();
        var goAhead = new StartConfirmation();
        try (var command = servers.start(host, NAME + " " + arguments, Map.of(), goAhead, complaint)) {
            Optional<RemoteExit> ending = await(command, goAhead);
            boolean nothingChanged = goAhead.withhold();
            if (ending.isEmpty()) {
                throw nothingChanged
                        ? DependencyUnavailable.beforeAnyChange("File server " + host.name() + " was not ready within "
                                + Durations.text(longest) + ". Nothing was changed. Try again.")
                        : new DependencyUnavailable("File server " + host.name() + " did not answer within "
                                + Durations.text(longest) + ", and it is not known what it did.");
            }
            return switch (ending.get()) {
                case RemoteExit.Exited(int status) -> answer(host, status, complaint.text());
                case RemoteExit.Signalled(String signal) ->
                    throw new DependencyUnavailable("File server " + host.name() + ": " + NAME + " was killed by "
                            + signal + ", and may be half done.");
                case RemoteExit.Lost(String why) ->
                    throw nothingChanged
                            ? DependencyUnavailable.beforeAnyChange("File server " + host.name() + " went away (" + why
                                    + "). Nothing was changed. Try again.")
                            : new DependencyUnavailable("File server " + host.name() + " went away (" + why
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
            throw new DependencyUnavailable("Interrupted while file server " + host.name() + " was at work.", e);
        }
    }

    private Optional<RemoteExit> await(RemoteCommand command, StartConfirmation goAhead) throws InterruptedException {
        var giving = Thread.ofVirtual().name("go-ahead").start(() -> {
            try (var stdin = command.stdin()) {
                goAhead.giveWhenAsked(stdin);
            } catch (IOException _) {
                // It has ended, and its ending says how.
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            return command.await(longest);
        } finally {
            giving.interrupt();
        }
    }

    /** @param status as packaging/file-server/README.md lists them; 128 is git-shell's for a command that it does not have */
    private static Answer answer(FileServerHost host, int status, String complaint) throws DependencyUnavailable {
        String server = "File server " + host.name();
        return switch (status) {
            case 0 -> new Answer.Done();
            case 3 -> new Answer.NotThere(server + " does not have the repository.");
            case 5 ->
                throw new DependencyUnavailable(server + " failed, and may have done half of it: " + complaint + ".");
            case 6 ->
                throw DependencyUnavailable.beforeAnyChange(
                        server + " did nothing: " + complaint + ". Nothing was changed. Try again.");
            case 128 ->
                new Answer.Refusal(server + " has no command " + NAME + ": run packaging/file-server/setup there.");
            default -> new Answer.Refusal(server + " refused: " + complaint);
        };
    }
}
