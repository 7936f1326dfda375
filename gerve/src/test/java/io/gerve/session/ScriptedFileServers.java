package io.gerve.session;

import io.gerve.fileserver.FileServerUnavailable;
import io.gerve.fileserver.FileServers;
import io.gerve.fileserver.RemoteCommand;
import io.gerve.fileserver.RemoteExit;
import io.gerve.routing.FileServerHost;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** File servers that run one script for each command. */
public final class ScriptedFileServers implements FileServers {
    private final Queue<Optional<Script>> scripts = new ArrayDeque<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();

    /** Behaviour of the remote command. */
    public interface Script {
        RemoteExit run(InputStream stdin, OutputStream stdout, OutputStream stderr) throws IOException;
    }

    public ScriptedFileServers next(Script script) {
        scripts.add(Optional.of(script));
        return this;
    }

    /** Makes the next command fail to start. */
    public ScriptedFileServers nextIsUnavailable() {
        scripts.add(Optional.empty());
        return this;
    }

    /** Returns each command as {@code host: line}. */
    public List<String> commands() {
        return commands;
    }

    public List<String> hosts() {
        return commands.stream().map(c -> c.substring(0, c.indexOf(':'))).toList();
    }

    /** Waits until the gate closes the command. */
    public static RemoteExit untilClosed(InputStream stdin) throws IOException {
        stdin.readAllBytes();
        return new RemoteExit.Lost("closed by the gate");
    }

    @Override
    public RemoteCommand start(
            FileServerHost host,
            String command,
            Map<String, String> environment,
            OutputStream stdout,
            OutputStream stderr)
            throws FileServerUnavailable {
        commands.add(host.name() + ": " + command);
        Script script = scripts.remove().orElseThrow(() -> new FileServerUnavailable("connection refused"));
        try {
            var stdin = new PipedOutputStream();
            var remoteStdin = new PipedInputStream(stdin, 1 << 20);
            return new Remote(stdin, CompletableFuture.supplyAsync(() -> run(script, remoteStdin, stdout, stderr)));
        } catch (IOException e) {
            throw new FileServerUnavailable("no pipe", e);
        }
    }

    private static RemoteExit run(Script script, InputStream stdin, OutputStream stdout, OutputStream stderr) {
        try {
            return script.run(stdin, stdout, stderr);
        } catch (IOException e) {
            return new RemoteExit.Lost(e.toString());
        }
    }

    @Override
    public void close() {}

    private record Remote(PipedOutputStream stdin, CompletableFuture<RemoteExit> exit) implements RemoteCommand {
        @Override
        public RemoteExit await() {
            return exit.join();
        }

        @Override
        public Optional<RemoteExit> await(Duration longest) {
            throw new UnsupportedOperationException("git commands are awaited without a timeout");
        }

        @Override
        public void close() {
            try {
                stdin.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
