package io.gerve.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gerve.config.MetricsAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * HTTP server for operators and load balancers: {@code /metrics} for Prometheus, {@code /livez}, and {@code /readyz}. It
 * has its own port, so that clients of the program cannot reach it. Connections, the size of a request and its time are
 * bounded.
 */
public final class MetricsServer implements AutoCloseable {
    private static final String CONNECTIONS_MAX = "32";
    private static final String REQUEST_BYTES_MAX = "8192";
    private static final String REQUEST_SECONDS_MAX = "5";
    private static final int SCRAPES_MAX = 2;

    static {
        // The JDK's server reads its limits from these properties only. This class is its only user.
        System.setProperty("jdk.httpserver.maxConnections", CONNECTIONS_MAX);
        System.setProperty("sun.net.httpserver.maxIdleConnections", CONNECTIONS_MAX);
        System.setProperty("sun.net.httpserver.maxReqHeaderSize", REQUEST_BYTES_MAX);
        System.setProperty("sun.net.httpserver.maxReqTime", REQUEST_SECONDS_MAX);
        System.setProperty("sun.net.httpserver.maxRspTime", REQUEST_SECONDS_MAX);
    }

    private final ProgramMetrics metrics;
    private final Readiness readiness;
    private final Semaphore scrapes = new Semaphore(SCRAPES_MAX);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("metrics-", 0).factory());
    /** The server, or none if the configuration turns metrics off. */
    private final List<HttpServer> servers;

    /**
     * Starts to listen, if the address says so.
     *
     * @throws IllegalStateException if the program cannot listen there; the message names the setting
     */
    public MetricsServer(MetricsAddress address, ProgramMetrics metrics, Readiness readiness) {
        this.metrics = metrics;
        this.readiness = readiness;
        this.servers = switch (address) {
            case MetricsAddress.Off() -> List.of();
            case MetricsAddress.Listen listen -> List.of(start(listen));
        };
    }

    private HttpServer start(MetricsAddress.Listen listen) {
        try {
            HttpServer server = HttpServer.create(listen.address(), 0);
            server.setExecutor(threads);
            server.createContext("/", this::handle);
            server.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Cannot listen at %s (%s): %s. Set another address, or \"\" for none."
                            .formatted(listen.address(), listen.setting(), e.getMessage()),
                    e);
        }
    }

    /** Returns the port on which the server listens, or 0 if it does not. */
    int port() {
        return servers.stream()
                .mapToInt(server -> server.getAddress().getPort())
                .sum();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET");
                send(exchange, 405, "Only GET is served here.\n");
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/livez" -> send(exchange, 200, "ok\n");
                case "/readyz" -> send(exchange, readiness.isReady() ? 200 : 503, readiness.text());
                case "/metrics" -> sendMetrics(exchange);
                default -> send(exchange, 404, "There is /metrics, /livez and /readyz.\n");
            }
        }
    }

    private void sendMetrics(HttpExchange exchange) throws IOException {
        if (!scrapes.tryAcquire()) {
            send(exchange, 503, "Other scrapes are running.\n");
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", ProgramMetrics.CONTENT_TYPE);
            send(exchange, 200, metrics.text());
        } finally {
            scrapes.release();
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().putIfAbsent("Content-Type", List.of("text/plain; charset=utf-8"));
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** Closes the listening socket and all connections. May be called twice. */
    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
    }
}
