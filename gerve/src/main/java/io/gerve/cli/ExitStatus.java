package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.config.InvalidConfig;
import io.gerve.fileserver.FileServerUnavailable;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.routing.RouteChangeRefused;
import io.gerve.sql.DatabaseFailure;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a command's end means to a script, and the sentence that explains it to a person. */
public final class ExitStatus {
    public static final int DONE = 0;
    public static final int REFUSED = 1;
    static final int USAGE = 2;

    /** EX_TEMPFAIL of sysexits.h. */
    public static final int TRY_AGAIN = 75;

    private ExitStatus() {}

    static int explain(Exception exception, CommandLine line, ParseResult arguments) {
        line.getErr().println("gerve: " + sentence(exception));
        return switch (exception) {
            case LookupUnavailable unknown when DatabaseFailure.isProgrammingError(unknown) -> REFUSED;
            case DependencyUnavailable _, LookupUnavailable _, FileServerUnavailable _, InterruptedException _ ->
                TRY_AGAIN;
            default -> REFUSED;
        };
    }

    static int explainUsage(ParameterException exception, String[] arguments) {
        var line = exception.getCommandLine();
        line.getErr().println("gerve: " + exception.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(exception, line.getErr())) {
            line.getErr().println("Usage: " + line.getHelp().synopsis(0).strip());
        }
        line.getErr().println("See: " + line.getCommandSpec().qualifiedName() + " --help");
        return USAGE;
    }

    public static String sentence(Exception exception) {
        String message = String.valueOf(exception.getMessage());
        return switch (exception) {
            case ChangeRefused _, DependencyUnavailable _, InvalidConfig _ -> message;
            case LookupUnavailable unknown
            when DatabaseFailure.isProgrammingError(unknown) ->
                "This should not have happened, and may be a mistake in gerve: " + message + ": " + unknown.getCause();
            case LookupUnavailable _ -> "Could not find out: " + message + ". Try again.";
            case FileServerUnavailable _ -> "A file server did not answer: " + message + ". Try again.";
            case RouteChangeRefused _ -> message.substring(0, 1).toUpperCase(Locale.ROOT) + message.substring(1) + ".";
            case InterruptedException _ -> "Interrupted.";
            default -> "This should not have happened, and may be a mistake in gerve: " + exception;
        };
    }
}
