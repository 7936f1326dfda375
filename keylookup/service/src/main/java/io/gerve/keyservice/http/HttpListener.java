package io.gerve.keyservice.http;

import io.gerve.config.KeylookupSettings;
import io.gerve.program.RequestIdGenerator;
import io.helidon.common.parameters.Parameters;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** HTTP listener with one virtual thread for each connection. The only class that uses Helidon. */
public final class HttpListener implements AutoCloseable {
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    /** Time for a whole body, however often the client sends a piece of it. */
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(10);

    private static final int HEADERS_BYTES_MAX = 16 * 1024;
    private static final int FIRST_LINE_BYTES_MAX = 4 * 1024;

    private final RequestDispatcher dispatcher;
    private final RequestIdGenerator ids;
    private final int bodyBytesMax;
    private final WebServer server;

    /** @throws IllegalStateException if the server cannot listen at the configured address */
    public HttpListener(KeylookupSettings settings, RequestDispatcher dispatcher, RequestIdGenerator ids) {
        this.dispatcher = dispatcher;
        this.ids = ids;
        this.bodyBytesMax = settings.limits().bodyBytesMax();
        this.server = WebServer.builder()
                .address(settings.listen().getAddress())
                .port(settings.listen().getPort())
                .maxTcpConnections(settings.limits().connectionsMax())
                .connectionOptions(options -> options.readTimeout(READ_TIMEOUT))
                .idleConnectionTimeout(READ_TIMEOUT)
                .addProtocol(Http1Config.builder()
                        .maxHeadersSize(HEADERS_BYTES_MAX)
                        .maxPrologueLength(FIRST_LINE_BYTES_MAX)
                        .build())
                .directHandlers(errors())
                .shutdownGracePeriod(settings.drainTimeout())
                .shutdownHook(false)
                .routing(routing -> routing.any(this::handle))
                .build();
        start(settings);
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

    private void handle(ServerRequest request, ServerResponse response) {
        HttpResponse reply = dispatcher.dispatch(new HttpRequest(
                ids.next().text(),
                request.prologue().method().text(),
                path(request),
                query(request),
                headers(request),
                peer(request),
                () -> body(request)));
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

    private static InetAddress peer(ServerRequest request) {
        return request.remotePeer().address() instanceof InetSocketAddress peer && peer.getAddress() != null
                ? peer.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    private byte[] body(ServerRequest request) throws MalformedRequest {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            return read(in);
        } catch (IOException | RuntimeException _) {
            // Helidon signals a client that went away, or that stopped sending, by exceptions of several kinds.
            throw MalformedRequest.of("The body ended before its announced length.");
        }
    }

    private byte[] read(InputStream in) throws IOException, MalformedRequest {
        long start = System.nanoTime();
        byte[] buffer = new byte[bodyBytesMax + 1];
        int length = 0;
        int count = in.read(buffer, 0, buffer.length);
        while (count >= 0) {
            length += count;
            if (length > bodyBytesMax) {
                throw MalformedRequest.tooLarge();
            }
            if (System.nanoTime() - start > BODY_TIMEOUT.toNanos()) {
                throw MalformedRequest.tooSlow();
            }
            count = in.read(buffer, length, buffer.length - length);
        }
        return Arrays.copyOf(buffer, length);
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
