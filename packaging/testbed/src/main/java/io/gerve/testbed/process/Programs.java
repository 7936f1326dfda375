package io.gerve.testbed.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starter of programs that run until they are closed or this JVM ends. Safe for use by many threads. */
public final class Programs {
    private final Reaper reaper = new Reaper();

    /**
     * Starts a program.
     *
     * @param environment the variables to add to this JVM's environment
     * @param log the file to which the program's standard output and standard error are appended
     */
    public RunningProgram start(List<String> command, Map<String, String> environment, Path log) throws IOException {
        // Ctrl-C reaches all programs of a terminal's session at once. These must be stopped in order instead.
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
