package io.gerve.cli;

import io.gerve.program.ExitStatus;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Command that only groups other commands, such as {@code gerve team}. */
public abstract class CommandGroup implements Runnable {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Gerve gerve;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public final void run() {
        throw usage("A command is missing.");
    }

    public final Gerve gerve() {
        return gerve;
    }

    /** Returns a usage error of the subcommand that runs. */
    public final ParameterException usage(String sentence) {
        var line = spec.commandLine();
        var called = line.getParseResult();
        return new ParameterException(
                called != null && called.hasSubcommand()
                        ? called.subcommand().commandSpec().commandLine()
                        : line,
                sentence);
    }

    /** Prints the sentence on standard error. */
    public final int done(String sentence) {
        gerve.note(sentence);
        return ExitStatus.DONE;
    }
}
