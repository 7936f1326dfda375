package io.gerve.cli;

import io.gerve.cli.output.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The gerve command line in this JVM. bin/gerve starts a JVM for each command, which takes longer than the command
 * itself. Tests use this class for their setup; tests of the commands start bin/gerve.
 */
public final class GerveInProcess {
    private static final Pattern ARGUMENT = Pattern.compile("'([^']*)'|([^' ]+)");

    private final Path config;

    public GerveInProcess(Path config) {
        this.config = config;
    }

    /**
     * Runs a command and returns its output.
     *
     * @param line the arguments, some in single quotes
     * @throws IllegalStateException if the command failed; the message has its output
     */
    public String run(String line) {
        var output = new StringWriter();
        var arguments = new ArrayList<String>();
        for (Matcher argument = ARGUMENT.matcher(line); argument.find(); ) {
            arguments.add(argument.group(1) == null ? argument.group(2) : argument.group(1));
        }
        arguments.addAll(List.of("--config", config.toString()));
        var writer = new PrintWriter(output, true);
        int status = Gerve.execute(writer, writer, Terminal.none(), arguments.toArray(String[]::new));
        if (status != 0) {
            throw new IllegalStateException("exit status " + status + " from: gerve " + line + "\n" + output);
        }
        return output.toString();
    }
}
