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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import redis.embedded.core.ExecutableProvider;

/** A running Redis server on a free loopback port. It stores nothing on disk, so it is empty after a restart. */
public final class RunningRedis implements AutoCloseable {
    private static final List<String> LOOPBACK = List.of("--bind", "127.0.0.1");
    private static final Duration START_MAX = Duration.ofMinutes(3);
    private static final int TIMEOUT_MILLIS = 1000;
    private static final int DATABASES_MAX = 1000;

    private final Path directory;
    private final List<String> options;
    private final Optional<Path> scratch;
    private final Path program;
    private final int port;
    private final AtomicInteger databases = new AtomicInteger();
    private volatile SupervisedProcess process;

    private RunningRedis(Path directory, List<String> options, Optional<Path> scratch) throws IOException {
        this.directory = Files.createDirectories(directory.toAbsolutePath());
        this.options = options;
        this.scratch = scratch;
        this.program = ExecutableProvider.newJarResourceProvider(this.directory.toFile())
                .get()
                .toPath()
                .toAbsolutePath();
        this.port = Scratch.freePort();
        this.process = launch();
    }

    /** Starts a server with its program and log in {@code directory}. */
    public static RunningRedis start(Path directory) throws IOException {
        return new RunningRedis(directory, LOOPBACK, Optional.empty());
    }

    /** Starts a server without a setting for its addresses, so that it listens on all and is in protected mode. */
    public static RunningRedis startInProtectedMode(Path directory) throws IOException {
        return new RunningRedis(directory, List.of(), Optional.empty());
    }

    /**
     * Returns the server that the tests of this JVM share. It starts at the first call and ends with the JVM. A test
     * that freezes or kills a server must start its own.
     */
    public static RunningRedis shared() {
        return Shared.SERVER;
    }

    public URI uri() {
        return URI.create("redis://127.0.0.1:" + port);
    }

    /**
     * Returns the URI of an unused database, so that two sites on one server do not overwrite each other's routes. All
     * databases of the server share the publish/subscribe channels.
     */
    public URI newDatabase() {
        int number = databases.incrementAndGet();
        if (number >= DATABASES_MAX) {
            throw new IllegalStateException("all " + DATABASES_MAX + " databases are in use");
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

    /** Stops the server's process with its connections open. */
    public void freeze() throws IOException {
        process.freeze();
    }

    public void thaw() throws IOException {
        process.thaw();
    }

    /** Kills the server with SIGKILL. Its port then refuses connections. */
    public void kill() throws IOException {
        process.kill();
    }

    /** Starts the server again after {@link #kill}, on the same port and without data. */
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
        var command = new ArrayList<>(List.of(
                program.toString(),
                "--port",
                Integer.toString(port),
                "--databases",
                Integer.toString(DATABASES_MAX),
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                directory.toString()));
        command.addAll(options);
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
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
            if (!answer.equals("+PONG")) {
                throw new IOException("Redis answers " + answer);
            }
        }
    }

    /** Holder of the shared server. The supervisor stops the server and removes its directory when this JVM ends. */
    private static final class Shared {
        static final RunningRedis SERVER = start();

        private static RunningRedis start() {
            try {
                var directory = Scratch.directory("gerve-redis-");
                return new RunningRedis(directory, LOOPBACK, Optional.of(directory));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
