package io.gerve.keyservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.sql.testing.RunningMariaDb;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that send their requests slowly or not at all. */
class SlowClientsIT {
    private static final int SLOW_CLIENTS = 90;

    @TempDir
    private Path home;

    /** The attack: more forms than requests may run, each of which sends a byte of its body and then waits. */
    @Test
    void slowBodiesTakeNoPlaceFromOthers() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try (var program = start();
                var client = HttpClient.newHttpClient()) {
            for (int i = 0; i < SLOW_CLIENTS; i++) {
                slow.add(slowForm(program.url()));
            }
            assertThat(status(client, program.url().resolve("/livez"))).isEqualTo(200);
            assertThat(status(client, program.url().resolve("/settings"))).isLessThan(500);
            assertThat(status(client, program.url().resolve("/api/v3/users/nobody/keys")))
                    .isEqualTo(404);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void abortedUploadIsNoError() throws Exception {
        try (var program = start();
                var client = HttpClient.newHttpClient()) {
            for (int i = 0; i < 5; i++) {
                slowForm(program.url()).close();
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(program.log().lines().filter(line -> line.contains("method=POST")))
                            .hasSize(5));
            assertThat(status(client, program.url().resolve("/livez"))).isEqualTo(200);
            assertThat(program.log()).doesNotContain("ERROR", "\tat ");
        }
    }

    private RunningKeylookup start() throws IOException {
        return RunningKeylookup.start(home, RunningMariaDb.shared().newMigratedDatabase(), "requests_max = 8")
                .awaitListening();
    }

    private static Socket slowForm(URI url) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort());
        socket.getOutputStream()
                .write(("POST /settings/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
                                + "Content-Type: application/x-www-form-urlencoded\r\n\r\nt")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static int status(HttpClient client, URI uri) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
