package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.config.InvalidConfig;
import io.gerve.fileserver.FileServerUnavailable;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.ExitStatus;
import io.gerve.routing.RouteChangeRefused;
import io.gerve.sql.DatabaseFailure;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Translation of an exception into the sentence that the operator reads and the exit status that a script gets. */
public final class CommandFailure {
    private static final String PROGRAM = "gerve: ";
    private static final String UNEXPECTED = "Unexpected error, which may be a bug in gerve: ";

    private CommandFailure() {}

    static int report(Exception exception, CommandLine line, ParseResult arguments) {
        line.getErr().println(PROGRAM + message(exception));
        return status(exception);
    }

    static int reportUsage(ParameterException exception, String[] arguments) {
        var line = exception.getCommandLine();
        line.getErr().println(PROGRAM + exception.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(exception, line.getErr())) {
            line.getErr().println("Usage: " + line.getHelp().synopsis(0).strip());
        }
        line.getErr().println("See: " + line.getCommandSpec().qualifiedName() + " --help");
        return ExitStatus.USAGE;
    }

    /** Prints the sentence for an exception that ended an audit, and returns its exit status. */
    public static int report(Exception exception, Gerve gerve) {
        gerve.note(PROGRAM + message(exception));
        return status(exception);
    }

    static int status(Exception exception) {
        return switch (exception) {
            case LookupUnavailable unavailable
            when DatabaseFailure.isProgrammingError(unavailable) -> ExitStatus.REFUSED;
            case DependencyUnavailable _, LookupUnavailable _, FileServerUnavailable _, InterruptedException _ ->
                ExitStatus.TRY_AGAIN;
            case InvalidConfig _ -> ExitStatus.CONFIG;
            default -> ExitStatus.REFUSED;
        };
    }

    static String message(Exception exception) {
        String message = String.valueOf(exception.getMessage());
        return switch (exception) {
            case ChangeRefused _, DependencyUnavailable _, InvalidConfig _ -> message;
            case LookupUnavailable unavailable
            when DatabaseFailure.isProgrammingError(unavailable) ->
                UNEXPECTED + message + ": " + unavailable.getCause();
            case LookupUnavailable _ -> "Could not find out: " + message + ". Try again.";
            case FileServerUnavailable _ -> "A file server did not answer: " + message + ". Try again.";
            case RouteChangeRefused _ -> message.substring(0, 1).toUpperCase(Locale.ROOT) + message.substring(1) + ".";
            case InterruptedException _ -> "Interrupted.";
            default -> UNEXPECTED + exception;
        };
    }
}
