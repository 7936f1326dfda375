package io.gerve.sql.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import redis.embedded.core.ExecutableProvider;

/** A real Redis on a free port of loopback. It keeps nothing on disk: after a restart it is empty. */
public final class RunningRedis implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final int ANSWER_MILLIS_MAX = 1000;
    private static final int DATABASES_MAX = 1000;

    private final Path directory;
    private final Optional<Path> scratch;
    private final Path program;
    private final int port;
    private final AtomicInteger databases = new AtomicInteger();
    private volatile SupervisedProcess process;

    private RunningRedis(Path directory, Optional<Path> scratch) throws IOException {
        this.directory = Files.createDirectories(directory.toAbsolutePath());
        this.scratch = scratch;
        this.program = ExecutableProvider.newJarResourceProvider(this.directory.toFile())
                .get()
                .toPath()
                .toAbsolutePath();
        this.port = Scratch.freePort();
        this.process = launch();
    }

    /** Starts a server whose program and log lie in {@code directory}. */
    public static RunningRedis start(Path directory) throws IOException {
        return new RunningRedis(directory, Optional.empty());
    }

    /** This JVM's server, started at the first call and gone with the JVM. Not for a test that freezes or kills it. */
    public static RunningRedis shared() {
        return Shared.SERVER;
    }

    public URI uri() {
        return URI.create("redis://127.0.0.1:" + port);
    }

    /** Of a database that nobody has used, so that two sites on one server do not overwrite each other's routes. Its channels are everybody's. */
    public URI newDatabase() {
        int number = databases.incrementAndGet();
        if (number >= DATABASES_MAX) {
            throw new IllegalStateException("no database is left");
        }
        return uri().resolve("/" + number);
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    /** The server stands still with its connections open. */
    public void freeze() throws IOException {
        process.freeze();
    }

    public void thaw() throws IOException {
        process.thaw();
    }

    /** The server is gone at once; its port refuses connections. */
    public void kill() throws IOException {
        process.kill();
    }

    /** Starts it again after {@link #kill}, on the same port, empty. */
    public void restart() throws IOException {
        process.kill();
        process = launch();
    }

    /** Kills the server. May be called twice. */
    @Override
    public void close() throws IOException {
        process.close();
    }

    private SupervisedProcess launch() throws IOException {
        var command = List.of(
                program.toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--databases",
                Integer.toString(DATABASES_MAX),
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                directory.toString());
        var log = directory.resolve("redis.log");
        var started = scratch.isPresent()
                ? SupervisedProcess.start(command, log, scratch.get())
                : SupervisedProcess.start(command, log);
        try {
            started.awaitReady(START_MAX, this::ping);
        } catch (IOException e) {
            started.close();
            throw e;
        }
        return started;
    }

    private void ping() throws IOException {
        try (var socket = new Socket()) {
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MILLIS_MAX);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
            if (!answer.equals("+PONG")) {
                throw new IOException("Redis answers " + answer);
            }
        }
    }

    /** Loaded when the first test asks. The supervisor stops the server and removes its directory when this JVM ends. */
    private static final class Shared {
        static final RunningRedis SERVER = start();

        private static RunningRedis start() {
            try {
                var directory = Scratch.directory("gerve-redis-");
                return new RunningRedis(directory, Optional.of(directory));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
