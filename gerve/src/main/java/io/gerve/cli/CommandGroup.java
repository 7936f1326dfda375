package io.gerve.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command that only groups others: {@code gerve team} and the like. */
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

    public final ParameterException usage(String sentence) {
        var line = spec.commandLine();
        var called = line.getParseResult();
        return new ParameterException(
                called != null && called.hasSubcommand()
                        ? called.subcommand().commandSpec().commandLine()
                        : line,
                sentence);
    }

    public final int done(String sentence) {
        gerve.note(sentence);
        return ExitStatus.DONE;
    }
}
