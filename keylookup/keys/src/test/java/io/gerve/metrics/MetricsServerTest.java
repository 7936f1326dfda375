package io.gerve.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gerve.config.MetricsAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class MetricsServerTest {
    private final ProgramMetrics metrics = new ProgramMetrics();
    private final DependencyProbe dependency =
            new DependencyProbe("redis", Optional::empty, metrics.registry(), System::nanoTime);
    private final Readiness readiness = new Readiness(metrics.registry(), dependency);
    private final MetricsServer server = new MetricsServer(at(0), metrics, readiness);
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        client.close();
        server.close();
        metrics.close();
    }

    @Test
    void metricsAreInPrometheusFormat() throws Exception {
        HttpResponse<String> response = get("/metrics");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body())
                .contains("# TYPE jvm_memory_used_bytes gauge", "jvm_threads_virtual_queued ", "process_cpu_usage ")
                .contains(
                        "gerve_dependency_check_seconds_bucket{dependency=\"redis\",result=\"answered\",le=\"0.001\"}");
    }

    @Test
    void probesReportLivenessAndReadiness() throws Exception {
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("starting\nredis does not answer\n");
        readiness.serving();
        dependency.check();
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        readiness.draining();
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void otherPathsAndMethodsAreRefused() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/metrics/").statusCode()).isEqualTo(404);
        var post = HttpRequest.newBuilder(url("/metrics")).POST(HttpRequest.BodyPublishers.ofString("x"));
        assertThat(send(post).statusCode()).isEqualTo(405);
        assertThat(raw("GET mailto:x HTTP/1.1\r\nHost: x\r\n\r\n")).doesNotContain("HTTP/1.1 2");
    }

    /** The attacks: a request without end, and clients that send nothing and occupy the server. */
    @Test
    void requestsAreBoundedAndSilentClientsDelayNobody() throws Exception {
        assertThat(raw("GET /metrics HTTP/1.1\r\nX: " + "a".repeat(100_000) + "\r\n\r\n"))
                .doesNotContain("HTTP/1.1 2");
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                silent.add(socket);
                socket.getOutputStream().write("GET /metrics HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(get("/livez").statusCode()).isEqualTo(200);
            // The server closes a connection whose request does not end.
            assertThat(silent.getFirst().getInputStream().read()).isEqualTo(-1);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void portInUseIsReportedWithTheSetting() {
        assertThatThrownBy(() -> new MetricsServer(at(server.port()), metrics, readiness).close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("(metrics.frontend_listen)")
                .hasMessageContaining("in use");
    }

    @Test
    void serverThatIsTurnedOffDoesNotListen() {
        try (var off = new MetricsServer(new MetricsAddress.Off(), metrics, readiness)) {
            assertThat(off.port()).isZero();
        }
    }

    private static MetricsAddress at(int port) {
        return new MetricsAddress.Listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), "metrics.frontend_listen");
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(url(path)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends the text and returns the beginning of the response, which is empty if the server closes the connection. */
    private String raw(String text) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            try {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            } catch (IOException _) {
                return "";
            }
        }
    }
}
