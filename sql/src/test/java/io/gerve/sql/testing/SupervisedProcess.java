package io.gerve.sql.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Child process that ends with this JVM, even if the JVM is killed. A shell between them waits for the end of a pipe
 * that only the JVM holds open. A frozen child process ends as well.
 */
public final class SupervisedProcess implements AutoCloseable {
    /**
     * Shell script between the JVM and the server. Its second background job reads the pipe. The job stops the server
     * before it removes the scratch directory, so that the server creates no file again. The job kills the server last,
     * since the script ends when the server is gone.
     */
    private static final String SUPERVISOR = """
            exec 3<&0
            "$@" 3<&- </dev/null >>"$GERVE_LOG" 2>&1 &
            server=$!
            echo $server
            exec >/dev/null 2>&1
            (read _ <&3; kill -STOP $server; rm -rf "$GERVE_SCRATCH"; kill -KILL $server) &
            reaper=$!
            wait $server
            status=$?
            kill -KILL $reaper
            exit $status
            """;

    private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(5);
    private static final int LOG_CHARACTERS_SHOWN = 4000;

    private final Process supervisor;
    private final long pid;
    private final Path log;

    private SupervisedProcess(Process supervisor, long pid, Path log) {
        this.supervisor = supervisor;
        this.pid = pid;
        this.log = log;
    }

    /** Starts a command. Its stdout and stderr are appended to {@code log}; its stdin is empty. */
    public static SupervisedProcess start(List<String> command, Path log) throws IOException {
        return start(command, log, "");
    }

    /**
     * Starts a command with a {@code scratch} directory, which is removed when this object is closed or the JVM ends.
     */
    public static SupervisedProcess start(List<String> command, Path log, Path scratch) throws IOException {
        return start(command, log, scratch.toAbsolutePath().toString());
    }

    private static SupervisedProcess start(List<String> command, Path log, String scratch) throws IOException {
        var line = new ArrayList<>(List.of("sh", "-c", SUPERVISOR, "supervisor"));
        line.addAll(command);
        var builder = new ProcessBuilder(line);
        builder.environment().putAll(Map.of("GERVE_LOG", log.toAbsolutePath().toString(), "GERVE_SCRATCH", scratch));
        var supervisor = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return new SupervisedProcess(supervisor, pidFrom(supervisor.inputReader()), log);
    }

    public long pid() {
        return pid;
    }

    public boolean isAlive() {
        return supervisor.isAlive();
    }

    /** Readiness check of a server. An IOException means that the server is not ready yet. */
    @FunctionalInterface
    public interface Probe {
        void check() throws IOException;
    }

    /**
     * Repeats the check until the server is ready.
     *
     * @throws IOException with the end of the log, if the process ended or is not ready within the timeout
     */
    public void awaitReady(Duration timeout, Probe probe) throws IOException {
        var deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                probe.check();
                return;
            } catch (IOException notReady) {
                if (!isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("process " + pid + " is not ready: " + endOfLog(), notReady);
                }
            }
            pause();
        }
    }

    /** Stops the process with SIGSTOP. Its sockets stay open, as those of a server that is frozen in an outage. */
    public void freeze() throws IOException {
        signal("STOP");
    }

    public void thaw() throws IOException {
        signal("CONT");
    }

    /** Kills the process with SIGKILL and waits until it is gone. Its files and the scratch directory remain. */
    public void kill() throws IOException {
        if (isAlive()) {
            signal("KILL");
        }
        awaitEnd();
    }

    /** Kills the process and removes the scratch directory, if any. Waits for both, at most ten seconds. */
    @Override
    public void close() throws IOException {
        supervisor.getOutputStream().close();
        awaitEnd();
    }

    private void awaitEnd() throws IOException {
        try {
            if (!supervisor.waitFor(EXIT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("process " + pid + " does not exit");
            }
        } catch (InterruptedException _) {
            throw interrupted();
        }
    }

    private void signal(String name) throws IOException {
        try {
            // The kill that is built into the shell: small images lack the package with /bin/kill.
            var kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).inheritIO();
            if (kill.start().waitFor() != 0) {
                throw new IOException("cannot send SIG" + name + " to process " + pid + ": it does not exist");
            }
        } catch (InterruptedException _) {
            throw interrupted();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(POLL_INTERVAL);
        } catch (InterruptedException _) {
            throw interrupted();
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while waiting for a process");
    }

    private static long pidFrom(BufferedReader output) throws IOException {
        var line = output.readLine();
        if (line == null) {
            throw new IOException("the supervising shell did not start");
        }
        return Long.parseLong(line);
    }

    private String endOfLog() throws IOException {
        var text = Files.exists(log) ? Files.readString(log) : "(no log)";
        return text.substring(Math.max(0, text.length() - LOG_CHARACTERS_SHOWN));
    }
}
