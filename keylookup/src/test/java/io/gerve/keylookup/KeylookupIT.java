package io.gerve.keylookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as it is started. */
class KeylookupIT {
    @TempDir
    private Path home;

    @Test
    void itServesLogsALineForEachRequestAndStopsWhenItIsTold() throws Exception {
        int port = freePort();
        Process program = start("listen = \"127.0.0.1:" + port + "\"");
        try (var client = HttpClient.newHttpClient()) {
            URI ready = URI.create("http://127.0.0.1:" + port + "/readyz");
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> status(client, ready) == 200);
            program.destroy();
            assertThat(program.waitFor(20, TimeUnit.SECONDS)).isTrue();
            // As a JVM ends that was told to by SIGTERM and did what it had to.
            assertThat(program.exitValue()).isEqualTo(143);
            String log = Files.readString(home.resolve("log"));
            assertThat(log.lines().filter(line -> line.contains("operation=/readyz")))
                    .isNotEmpty()
                    .allMatch(line -> line.matches(".*request=[0-9a-z]{16} method=GET .*status=\\d{3} .*"));
            assertThat(log).contains("listening", "stopping", "stopped").doesNotContain("ERROR", "\tat ");
        } finally {
            program.destroyForcibly();
        }
    }

    @Test
    void whatIsWrongWithItsListOfCompromisedKeysIsSaidAtStart() throws Exception {
        Process program = start("compromised_keys = [\"leaked\"]");
        assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue()).isEqualTo(1);
        assertThat(Files.readString(home.resolve("log")))
                .startsWith("gerve-keylookup: cannot read the list of compromised keys")
                .doesNotContain("\tat ");
    }

    private Process start(String setting) throws IOException {
        var database = RunningMariaDb.shared().newMigratedDatabase();
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
                [bridge]
                identity = "none"
                [keylookup]
                %s
                """.formatted(
                        database.url(), database.user(), RunningRedis.shared().uri(), setting));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.gerve.keylookup.Keylookup",
                        "--config",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
    }

    private static int status(HttpClient client, URI uri) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
