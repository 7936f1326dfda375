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
 * The command line without the JVM that bin/gerve starts for each command, which takes longer than all that the commands do. For what tests
 * take for granted; those that are about commands start bin/gerve.
 */
public final class GerveInProcess {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|([^' ]+)");

    private final Path config;

    public GerveInProcess(Path config) {
        this.config = config;
    }

    /**
     * @param line of words, some in single quotes
     * @throws IllegalStateException with all that it said, if it failed
     */
    public String run(String line) {
        var said = new StringWriter();
        var words = new ArrayList<String>();
        for (Matcher word = WORD.matcher(line); word.find(); ) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        words.addAll(List.of("--config", config.toString()));
        var writer = new PrintWriter(said, true);
        int status = Gerve.execute(writer, writer, Terminal.none(), words.toArray(String[]::new));
        if (status != 0) {
            throw new IllegalStateException("exit status " + status + " from: gerve " + line + "\n" + said);
        }
        return said.toString();
    }
}
