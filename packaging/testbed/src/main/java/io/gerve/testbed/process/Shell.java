package io.gerve.testbed.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Shell that runs command lines in one folder and environment, without the machine's and the user's git configuration.
 */
public final class Shell {
    private final Path folder;
    private final Map<String, String> environment;
    private final Duration timeout;

    public Shell(Path folder, Map<String, String> environment, Duration timeout) {
        this.folder = folder;
        this.environment = Map.copyOf(environment);
        this.timeout = timeout;
    }

    public Shell in(Path otherFolder) {
        return new Shell(otherFolder, environment, timeout);
    }

    public Shell with(String variable, String value) {
        var more = new HashMap<>(environment);
        more.put(variable, value);
        return new Shell(folder, more, timeout);
    }

    public Path folder() {
        return folder;
    }

    /** Runs a command line with sh. A command that exceeds the timeout is killed and has status 137. */
    public CommandResult run(String line) throws IOException, InterruptedException {
        Process process = start(line);
        try (InputStream output = process.getInputStream()) {
            process.getOutputStream().close();
            var limit = Thread.ofPlatform().daemon().start(() -> killAfterTimeout(process));
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            limit.interrupt();
            limit.join();
            return new CommandResult(line, status, text);
        }
    }

    /**
     * Starts a command line with sh. The caller uses its standard input and output; standard error goes to its standard
     * output.
     */
    public Process start(String line) throws IOException {
        var builder = new ProcessBuilder(List.of("sh", "-c", line))
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("GIT_") || name.startsWith("SSH_"));
        builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
        builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
        builder.environment().put("GIT_TERMINAL_PROMPT", "0");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        return builder.start();
    }

    private void killAfterTimeout(Process process) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                List<ProcessHandle> all = process.descendants().toList();
                process.destroyForcibly();
                all.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException _) {
            // The command ended in time.
        }
    }
}
