package io.gerve.cli;

import io.gerve.program.ExitStatus;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code gerve completion}. */
@Command(
        name = "completion",
        header = "Print a completion script for bash and zsh.",
        description = {
            "",
            "  gerve completion >/etc/bash_completion.d/gerve",
            "  source <(gerve completion)",
        })
final class CompletionCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Gerve gerve;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        gerve.print(AutoComplete.bash(spec.root().name(), spec.root().commandLine()));
        return ExitStatus.DONE;
    }
}
