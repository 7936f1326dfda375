package io.gerve.testbed.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts programs that go on until they are closed, or until this JVM is gone. Safe for use by many threads. */
public final class Programs {
    private final Reaper reaper = new Reaper();

    /**
     * @param log takes what it writes to standard output and standard error
     * @param environment beside this program's own
     */
    public RunningProgram start(List<String> command, Map<String, String> environment, Path log) throws IOException {
        // Ctrl-C in a terminal reaches everything of its session at once. These are to be stopped in order instead.
        var inOwnSession = new ArrayList<>(List.of("setsid"));
        inOwnSession.addAll(command);
        var builder = new ProcessBuilder(inOwnSession)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        reaper.watch(process);
        return new RunningProgram(process, log, reaper);
    }
}
