package io.gerve.testbed.fileserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** One exec request: a git-shell of its own, and a virtual thread for each of its streams. */
final class GitShellCommand implements Command {
    private final Path loginShell;
    private final String line;
    private @Nullable InputStream stdin;
    private @Nullable OutputStream stdout;
    private @Nullable OutputStream stderr;
    private @Nullable ExitCallback end;
    private @Nullable Process process;

    GitShellCommand(Path loginShell, String line) {
        this.loginShell = loginShell;
        this.line = line;
    }

    @Override
    public void setInputStream(InputStream in) {
        stdin = in;
    }

    @Override
    public void setOutputStream(OutputStream out) {
        stdout = out;
    }

    @Override
    public void setErrorStream(OutputStream err) {
        stderr = err;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        end = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) throws IOException {
        var builder = new ProcessBuilder(loginShell.toString(), line);
        environment.getEnv().forEach((name, value) -> accept(builder.environment(), name, value));
        Process started = builder.start();
        process = started;
        Thread.ofVirtual().start(() -> copy(Objects.requireNonNull(stdin), started.getOutputStream(), true));
        Thread out =
                Thread.ofVirtual().start(() -> copy(started.getInputStream(), Objects.requireNonNull(stdout), false));
        Thread err =
                Thread.ofVirtual().start(() -> copy(started.getErrorStream(), Objects.requireNonNull(stderr), false));
        Thread.ofVirtual().start(() -> {
            try {
                out.join();
                err.join();
                Objects.requireNonNull(end).onExit(started.waitFor());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** What a file server's sshd is told to accept (AcceptEnv). */
    private static void accept(Map<String, String> environment, String name, String value) {
        if (name.equals("GIT_PROTOCOL") || name.startsWith("GERVE_")) {
            environment.put(name, value);
        }
    }

    private static void copy(InputStream from, OutputStream to, boolean closeAtEnd) {
        var buffer = new byte[32_768];
        try {
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                to.write(buffer, 0, count);
                to.flush();
            }
            if (closeAtEnd) {
                to.close();
            }
        } catch (IOException _) {
            // One side went away; the process's end, or the channel's, says the rest.
        }
    }

    @Override
    public void destroy(ChannelSession channel) {
        Process running = process;
        if (running != null) {
            running.destroy();
        }
    }
}
