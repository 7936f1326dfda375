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

/** Exec request that runs a git-shell process, with a virtual thread for each of its streams. */
final class GitShellCommand implements Command {
    private final Path loginShell;
    private final String execLine;
    private @Nullable InputStream stdin;
    private @Nullable OutputStream stdout;
    private @Nullable OutputStream stderr;
    private @Nullable ExitCallback exitCallback;
    private @Nullable Process process;

    GitShellCommand(Path loginShell, String execLine) {
        this.loginShell = loginShell;
        this.execLine = execLine;
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
        exitCallback = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) throws IOException {
        var builder = new ProcessBuilder(loginShell.toString(), execLine);
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
                Objects.requireNonNull(exitCallback).onExit(started.waitFor());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Sets the variable if a file server's sshd accepts it too (AcceptEnv). */
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
            // One side has closed its stream. The end of the process or of the channel reports the result.
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
