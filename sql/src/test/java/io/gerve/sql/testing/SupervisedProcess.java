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
 * A child process that ends with this JVM, also when the JVM is killed: a shell between them waits for the end of a pipe
 * that only the JVM holds open. A frozen child ends too.
 */
public final class SupervisedProcess implements AutoCloseable {
    /**
     * The second background job reads the pipe. It stops the server before it removes the scratch directory, so that no file
     * appears again, and kills it last, since the first job ends this script when the server is gone.
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

    private static final Duration END_MAX = Duration.ofSeconds(10);
    private static final Duration POLL_EVERY = Duration.ofMillis(5);
    private static final int LOG_CHARACTERS_SHOWN = 4000;

    private final Process supervisor;
    private final long pid;
    private final Path log;

    private SupervisedProcess(Process supervisor, long pid, Path log) {
        this.supervisor = supervisor;
        this.pid = pid;
        this.log = log;
    }

    /** Starts a command whose stdout and stderr go to the end of {@code log}; its stdin is empty. */
    public static SupervisedProcess start(List<String> command, Path log) throws IOException {
        return start(command, log, "");
    }

    /** The same; and a {@code scratch} directory, of which nothing is kept when the owner closes it or dies. */
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

    /** Answers whether the server can be used; an IOException means "not yet". */
    @FunctionalInterface
    public interface Probe {
        void ask() throws IOException;
    }

    /** Asks until the answer is yes. @throws IOException with the end of the log, if the process ended or time is up */
    public void awaitReady(Duration deadline, Probe probe) throws IOException {
        var end = System.nanoTime() + deadline.toNanos();
        while (true) {
            try {
                probe.ask();
                return;
            } catch (IOException notYet) {
                if (!isAlive() || System.nanoTime() > end) {
                    throw new IOException("process " + pid + " is not ready: " + endOfLog(), notYet);
                }
            }
            pause();
        }
    }

    /** Stops the process where it stands, with its sockets open: from outside, the frozen server of an outage. */
    public void freeze() throws IOException {
        signal("STOP");
    }

    public void thaw() throws IOException {
        signal("CONT");
    }

    /** Kills the process without a warning and waits until it is gone. Its files stay, the scratch directory too. */
    public void kill() throws IOException {
        if (isAlive()) {
            signal("KILL");
        }
        awaitEnd();
    }

    /** Kills the process, removes the scratch directory if one was given, and waits for both, ten seconds at most. */
    @Override
    public void close() throws IOException {
        supervisor.getOutputStream().close();
        awaitEnd();
    }

    private void awaitEnd() throws IOException {
        try {
            if (!supervisor.waitFor(END_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("process " + pid + " does not end");
            }
        } catch (InterruptedException _) {
            throw interrupted();
        }
    }

    private void signal(String name) throws IOException {
        try {
            // The shell's own kill: /bin/kill is a package that a small image lacks.
            var kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).inheritIO();
            if (kill.start().waitFor() != 0) {
                throw new IOException("process " + pid + " is not there to be sent SIG" + name);
            }
        } catch (InterruptedException _) {
            throw interrupted();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(POLL_EVERY);
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
