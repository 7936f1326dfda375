package io.gerve.keyservice.http;

import com.sun.management.UnixOperatingSystemMXBean;
import io.gerve.config.KeylookupSettings;
import io.gerve.program.RequestIdGenerator;
import io.helidon.common.parameters.Parameters;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** HTTP listener with one virtual thread for each connection. Uses Helidon. */
public final class HttpListener implements AutoCloseable {
    private static final int HEADERS_BYTES_MAX = 16 * 1024;
    private static final int FIRST_LINE_BYTES_MAX = 4 * 1024;
    private static final int BODY_PIECE_BYTES = 1024;

    /** Connections that are being closed, and requests that are answered without running. */
    private static final int ENDING_CONNECTIONS_MAX = 64;

    /** File descriptors for libraries, database, Redis and probes. */
    private static final int OTHER_DESCRIPTORS = 512;

    /** {@link HttpConnection} has the timeouts. */
    private static final Duration NEVER = Duration.ofDays(36_500);

    private final RequestDispatcher dispatcher;
    private final RequestIdGenerator ids;
    private final int bodyBytesMax;
    private final WebServer server;

    /**
     * @throws IllegalStateException if the server cannot listen at the configured address, or the process may not open
     *     enough file descriptors
     */
    public HttpListener(
            KeylookupSettings settings,
            HttpConnectionLimits connections,
            RequestDispatcher dispatcher,
            RequestIdGenerator ids) {
        this.dispatcher = dispatcher;
        this.ids = ids;
        this.bodyBytesMax = settings.limits().bodyBytesMax();
        int connectionsMax =
                Math.addExact(settings.connections().max(), settings.limits().requestsMax() + ENDING_CONNECTIONS_MAX);
        requireDescriptors(connectionsMax);
        this.server = WebServer.builder()
                .address(settings.listen().getAddress())
                .port(settings.listen().getPort())
                .maxTcpConnections(connectionsMax)
                .idleConnectionTimeout(NEVER)
                .protocolsDiscoverServices(false)
                .addConnectionSelector(new HelidonConnections(http(), connections))
                .directHandlers(errors())
                .shutdownGracePeriod(settings.connections().drainTimeout())
                .shutdownHook(false)
                .routing(routing -> routing.any(this::handle))
                .build();
        start(settings);
    }

    /** Helidon's listener ends for good when it cannot accept a connection for lack of a file descriptor. */
    private static void requireDescriptors(int connectionsMax) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            long connectionsPossible = system.getMaxFileDescriptorCount() - OTHER_DESCRIPTORS;
            if (connectionsMax > connectionsPossible) {
                throw new IllegalStateException("With keylookup.connections_max and keylookup.requests_max, "
                        + connectionsMax + " connections can be open at once, but this process may open "
                        + connectionsPossible + ". Lower them, or raise LimitNOFILE (ulimit -Hn).");
            }
        }
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }

    private void start(KeylookupSettings settings) {
        try {
            server.start();
        } catch (RuntimeException e) {
            server.stop();
            throw new IllegalStateException(
                    "Cannot listen at " + settings.listen() + " (keylookup.listen): " + e.getMessage(), e);
        }
    }

    private static Http1ConnectionSelector http() {
        return Http1ConnectionSelector.builder()
                .config(Http1Config.builder()
                        .maxHeadersSize(HEADERS_BYTES_MAX)
                        .maxPrologueLength(FIRST_LINE_BYTES_MAX)
                        .build())
                .build();
    }

    private void handle(ServerRequest request, ServerResponse response) {
        HttpConnection connection = HelidonConnections.CURRENT.get();
        var received = new HttpRequest(
                ids.next().text(),
                request.prologue().method().text(),
                path(request),
                query(request),
                headers(request),
                HelidonConnections.address(request.remotePeer()),
                () -> body(request));
        connection.headersReceived(received);
        HttpRequest whole = received.withBodyRead();
        connection.requestReceived();
        if (!dispatcher.isProbe(whole)) {
            connection.uncount();
        }
        HttpResponse reply = dispatcher.dispatch(whole);
        connection.responding();
        send(request, reply, response);
        connection.responded();
    }

    private static void send(ServerRequest request, HttpResponse reply, ServerResponse response) {
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        reply.headers().forEach(response::header);
        response.status(reply.status());
        if (request.prologue().method().text().equals("HEAD")) {
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
            response.send();
        } else {
            response.send(body);
        }
    }

    private static List<String> path(ServerRequest request) {
        String path = request.path().absolute().path();
        // Clients request /api/v3/ too: a trailing slash is ignored.
        return Arrays.asList(
                path.replaceFirst("^/", "").replaceFirst("(?<=.)/$", "").split("/", -1));
    }

    private static Map<String, String> query(ServerRequest request) {
        Parameters query = request.query();
        Map<String, String> first = new HashMap<>();
        query.names().forEach(name -> first.put(name, query.first(name).orElse("")));
        return first;
    }

    private static Map<String, List<String>> headers(ServerRequest request) {
        Map<String, List<String>> headers = new HashMap<>();
        request.headers()
                .forEach(
                        header -> headers.put(header.name().toLowerCase(Locale.ROOT), List.copyOf(header.allValues())));
        return headers;
    }

    private byte[] body(ServerRequest request) throws MalformedRequest {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            return read(in);
        } catch (CloseConnectionException e) {
            throw e;
        } catch (IOException | RuntimeException _) {
            // Helidon reports a malformed body by exceptions of several kinds.
            throw MalformedRequest.of("The body is malformed.");
        }
    }

    /** Takes memory as the bytes arrive, not as the client announces them. */
    private byte[] read(InputStream in) throws IOException, MalformedRequest {
        var body = new ByteArrayOutputStream();
        byte[] piece = new byte[BODY_PIECE_BYTES];
        int count = in.read(piece);
        while (count >= 0) {
            if (body.size() + count > bodyBytesMax) {
                throw MalformedRequest.tooLarge();
            }
            body.write(piece, 0, count);
            count = in.read(piece);
        }
        return body.toByteArray();
    }

    /**
     * Returns handlers for requests that Helidon itself rejects. Helidon's own handlers repeat parts of the request.
     */
    private static DirectHandlers errors() {
        var handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, HttpListener::error);
        }
        return handlers.build();
    }

    private static DirectHandler.TransportResponse error(
            DirectHandler.TransportRequest request,
            DirectHandler.EventType type,
            Status status,
            ServerResponseHeaders headers,
            String message) {
        String body = "{\"message\":\"" + status.reasonPhrase() + "\"}";
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, "application/json; charset=utf-8")
                .keepAlive(false)
                .entity(body.getBytes(StandardCharsets.UTF_8))
                .build();
    }
}
