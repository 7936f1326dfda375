package io.gerve.testbed.site;

import io.gerve.testbed.process.Programs;
import io.gerve.testbed.process.RunningProgram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Running {@code gerve-keylookup} of the distribution, which is ready. */
public final class KeyServiceProcess implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(10);

    private final RunningProgram program;
    private final GateConfig config;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(RESPONSE_TIMEOUT).build();

    private KeyServiceProcess(RunningProgram program, GateConfig config) {
        this.program = program;
        this.config = config;
    }

    /** @throws IOException if the program ended or is not ready within five minutes; the message has its log */
    static KeyServiceProcess start(Distribution distribution, GateConfig config, Path log, Programs programs)
            throws IOException, InterruptedException {
        RunningProgram program = programs.start(
                List.of(
                        distribution.program("gerve-keylookup").toString(),
                        "--config",
                        config.file().toString()),
                Map.of("JAVA_HOME", System.getProperty("java.home"), "GERVE_KEYLOOKUP_HEAP", "128m"),
                log);
        var service = new KeyServiceProcess(program, config);
        Instant deadline = Instant.now().plus(START_TIMEOUT);
        while (!service.isReady()) {
            if (program.awaitEnd(Duration.ofMillis(100)) || Instant.now().isAfter(deadline)) {
                service.close();
                throw new IOException("gerve-keylookup did not start:\n" + program.log());
            }
        }
        return service;
    }

    /** Returns the URL of the service: {@code http://127.0.0.1:PORT}. */
    public String url() {
        return config.keyServiceUrl();
    }

    /** Returns the URL of the service's metrics: {@code http://127.0.0.1:PORT}. */
    public String metricsUrl() {
        return config.keyServiceMetricsUrl();
    }

    public RunningProgram program() {
        return program;
    }

    public HttpResponse<String> send(ApiCall call, String token) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(config.apiUrl() + call.path()))
                .header("Authorization", "Bearer " + token)
                .method(call.method(), BodyPublishers.ofString(call.body())));
    }

    private boolean isReady() throws InterruptedException {
        try {
            return send(HttpRequest.newBuilder(URI.create(url() + "/readyz"))).statusCode() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.timeout(RESPONSE_TIMEOUT).build(), BodyHandlers.ofString());
    }

    /** Stops the service and waits for its end. */
    @Override
    public void close() {
        client.close();
        program.close();
    }
}
