package io.gerve.keyservice;

import static org.awaitility.Awaitility.await;

import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The {@code gerve-keylookup} program, running in a process of its own. */
public final class RunningKeylookup implements AutoCloseable {
    private static final String DATABASE_USER = "gerve_keylookup";

    private final Process process;
    private final Path log;
    private final URI url;
    private final URI metricsUrl;

    private RunningKeylookup(Process process, Path log, URI url, URI metricsUrl) {
        this.process = process;
        this.log = log;
        this.url = url;
        this.metricsUrl = metricsUrl;
    }

    /**
     * Starts the program with the rights of its database user. Does not wait until it serves requests.
     *
     * @param home a directory for its files only
     * @param settings further lines of the section {@code [keylookup]}
     */
    public static RunningKeylookup start(Path home, DatabaseSettings database, String... settings) throws IOException {
        RunningMariaDb.shared().grantRights(database);
        int port = freePort();
        int metricsPort = freePort();
        Path password = Files.writeString(home.resolve("password"), database.password());
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        Path config = Files.writeString(home.resolve("gerve.toml"), """
                [database]
                url = "%s"
                user = "%s"
                password_file = "password"
                [redis]
                url = "%s"
                [frontend]
                host_keys = ["none"]
                [file_servers]
                identity_file = "none"
                [metrics]
                keylookup_listen = "127.0.0.1:%d"
                [keylookup]
                listen = "127.0.0.1:%d"
                url = "http://127.0.0.1:%d"
                %s
                """.formatted(
                        database.url(),
                        DATABASE_USER,
                        RunningRedis.shared().uri(),
                        metricsPort,
                        port,
                        port,
                        String.join("\n", settings)));
        Path log = home.resolve("log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.gerve.keyservice.Keylookup",
                        "--config",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new RunningKeylookup(
                process, log, URI.create("http://127.0.0.1:" + port), URI.create("http://127.0.0.1:" + metricsPort));
    }

    /** Waits at most 60 s until the program serves requests. */
    public RunningKeylookup awaitListening() {
        await().atMost(Duration.ofSeconds(60)).until(() -> log().contains("listening"));
        return this;
    }

    /** Waits at most 2 min until the program is ready. */
    RunningKeylookup awaitReady() {
        await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> status("/readyz") == 200);
        return this;
    }

    /** Returns the status of the response to a GET request of a client that keeps no connection open. */
    int status(String path) throws IOException, InterruptedException {
        return get(url.resolve(path)).statusCode();
    }

    /** Returns the sum of the counters with this name and this reason. */
    double metric(String name, String reason) throws IOException, InterruptedException {
        return get(metricsUrl.resolve("/metrics"))
                .body()
                .lines()
                .filter(line -> line.startsWith(name) && line.contains("reason=\"" + reason + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static HttpResponse<String> get(URI address) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(address)
                    .timeout(Duration.ofSeconds(30))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    public URI url() {
        return url;
    }

    public String log() throws IOException {
        return Files.readString(log);
    }

    Process process() {
        return process;
    }

    /** Stops the program with SIGTERM, and kills it after 20 s. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(20, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
