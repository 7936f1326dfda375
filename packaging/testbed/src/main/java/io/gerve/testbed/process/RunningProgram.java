package io.gerve.testbed.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Running program that was started by {@link Programs}. Must be used by one thread only. */
public final class RunningProgram implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final Reaper reaper;

    RunningProgram(Process process, Path log, Reaper reaper) {
        this.process = process;
        this.log = log;
        this.reaper = reaper;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    /** Returns the program's output so far. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** Sends SIGTERM and returns at once. */
    public void terminate() {
        process.destroy();
    }

    /** Waits for the end of the program, and returns whether it ended within the timeout. */
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns the exit status. The program must have ended. */
    public int exitStatus() {
        return process.exitValue();
    }

    /**
     * Sends SIGKILL to the program and all its descendants, to simulate a power failure. Parents come first, so that none
     * lives to report the death of a child. To stop them all first would not do: when a parent dies, the kernel lets its
     * stopped children continue.
     */
    public void kill() throws IOException, InterruptedException {
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        List<String> command = new ArrayList<>(List.of("kill", "-KILL"));
        all.forEach(one -> command.add(Long.toString(one.pid())));
        new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        process.onExit().join();
        reaper.forget(process);
    }

    /** Sends a signal that Java has no method for: STOP, CONT, HUP. */
    public void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill -" + name + " " + pid() + " failed with " + status);
        }
    }

    /** Sends SIGTERM, waits up to ten seconds, then sends SIGKILL. Kills the remaining descendants. */
    @Override
    public void close() {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroy();
        try {
            if (!awaitEnd(Duration.ofSeconds(10))) {
                process.destroyForcibly();
            }
            process.onExit().join();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
        reaper.forget(process);
    }
}
