package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.config.InvalidConfig;
import io.gerve.fileserver.FileServerUnavailable;
import io.gerve.logging.TextEscaper;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.ExitStatus;
import io.gerve.routing.RouteChangeRefused;
import io.gerve.sql.DatabaseFailure;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Converter of an exception into the message for the operator and the exit status. */
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

    /** Prints the message of an exception that ended an audit, and returns the exit status. */
    public static int report(Exception exception, Gerve gerve) {
        gerve.note(PROGRAM + message(exception));
        return status(exception);
    }

    static int status(Exception exception) {
        if (DatabaseFailure.of(exception) == DatabaseFailure.ACCESS_DENIED) {
            return ExitStatus.CONFIG;
        }
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
        if (DatabaseFailure.of(exception) == DatabaseFailure.ACCESS_DENIED) {
            return accessDenied(exception);
        }
        String message = String.valueOf(exception.getMessage());
        return switch (exception) {
            case ChangeRefused _, DependencyUnavailable _, InvalidConfig _ -> message;
            case LookupUnavailable unavailable
            when DatabaseFailure.isProgrammingError(unavailable) ->
                UNEXPECTED + TextEscaper.oneLine(message + ": " + unavailable.getCause());
            case LookupUnavailable unavailable -> "Look-up failed: " + message + cause(unavailable) + ". Try again.";
            case FileServerUnavailable _ -> "Cannot use the file server: " + message + ". Try again.";
            case RouteChangeRefused _ -> message.substring(0, 1).toUpperCase(Locale.ROOT) + message.substring(1) + ".";
            case InterruptedException _ -> "Interrupted.";
            default -> UNEXPECTED + TextEscaper.oneLine(exception.toString());
        };
    }

    /** Returns the cause of the failure after a colon, or an empty text if the failure has none. */
    private static String cause(LookupUnavailable unavailable) {
        return DatabaseFailure.message(unavailable)
                .or(() -> Optional.ofNullable(unavailable.getCause())
                        .map(Throwable::getMessage)
                        .flatMap(text -> text.lines().findFirst()))
                .map(TextEscaper::excerpt)
                .map(text -> ": " + (text.endsWith(".") ? text.substring(0, text.length() - 1) : text))
                .orElse("");
    }

    private static String accessDenied(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return "The database user of the configuration file may not do this: " + cause.getMessage()
                + ". Name the configuration file of a user with this right with --config (install.md, \"The database\").";
    }
}
