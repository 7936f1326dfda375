package io.gerve.testbed.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that was started and goes on until it is told to stop. Used by one thread. */
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

    /** All that it wrote until now. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** SIGTERM. Returns at once. */
    public void terminate() {
        process.destroy();
    }

    /** @return whether it ended within that time */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Of a program that has ended. */
    public int exitStatus() {
        return process.exitValue();
    }

    /** SIGKILL, to it and to everything that it started: a machine whose power fails. */
    public void kill() {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
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

    /** Asks politely, then insists: SIGTERM, up to ten seconds, SIGKILL. What it left running is killed. */
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
