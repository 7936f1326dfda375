package io.gerve.packaging.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * LFS server with the batch API and the basic transfer (git-lfs, docs/api), which keeps files in memory. It verifies
 * the gate's tokens as doc/clients.md says.
 */
final class LfsStore implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String BATCH = "/objects/batch";

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final String secret;
    /** Files by {@code owner/name/oid}. */
    private final ConcurrentMap<String, byte[]> files = new ConcurrentHashMap<>();

    LfsStore(String secret) throws IOException {
        this.secret = secret;
        server.createContext("/", this::handle);
        server.start();
    }

    /** Returns the value of {@code lfs.url}. */
    String url() {
        return root() + "/{owner}/{repository}";
    }

    private String root() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Returns the files of a repository. */
    List<String> texts(String repository) {
        return files.entrySet().stream()
                .filter(file -> file.getKey().startsWith(repository + "/"))
                .map(file -> new String(file.getValue(), StandardCharsets.UTF_8))
                .toList();
    }

    /** Serves {@code /OWNER/NAME/objects/batch} and {@code /OWNER/NAME/OID}. */
    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String[] parts = path.split("/", -1);
            String repository = parts.length > 3 ? parts[1] + "/" + parts[2] : "";
            byte[] body = exchange.getRequestBody().readAllBytes();
            Optional<JsonNode> claims = verifiedClaims(exchange, repository);
            if (claims.isEmpty()) {
                respond(exchange, 401, new byte[0]);
            } else if (path.endsWith(BATCH)) {
                batch(exchange, repository, claims.get(), JSON.readTree(body));
            } else if (exchange.getRequestMethod().equals("PUT") && mayUpload(claims.get())) {
                files.put(path.substring(1), body);
                respond(exchange, 200, new byte[0]);
            } else if (exchange.getRequestMethod().equals("GET") && files.containsKey(path.substring(1))) {
                respond(exchange, 200, files.get(path.substring(1)));
            } else {
                respond(exchange, 404, new byte[0]);
            }
        }
    }

    private void batch(HttpExchange exchange, String repository, JsonNode claims, JsonNode request) throws IOException {
        String operation = request.get("operation").stringValue();
        if (operation.equals("upload") && !mayUpload(claims)) {
            respond(exchange, 403, new byte[0]);
            return;
        }
        List<Map<String, Object>> objects = new ArrayList<>();
        for (JsonNode object : request.get("objects")) {
            String oid = object.get("oid").stringValue();
            var action = Map.of(
                    "href",
                    root() + "/" + repository + "/" + oid,
                    "header",
                    Map.of("Authorization", exchange.getRequestHeaders().getFirst("Authorization")));
            objects.add(
                    Map.of("oid", oid, "size", object.get("size").longValue(), "actions", Map.of(operation, action)));
        }
        exchange.getResponseHeaders().set("Content-Type", "application/vnd.git-lfs+json");
        respond(exchange, 200, JSON.writeValueAsBytes(Map.of("transfer", "basic", "objects", objects)));
    }

    private static boolean mayUpload(JsonNode claims) {
        return claims.get("operation").stringValue().equals("upload");
    }

    private Optional<JsonNode> verifiedClaims(HttpExchange exchange, String repository) {
        String header = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        String[] token = header.replaceFirst("^Bearer ", "").split("\\.", -1);
        if (token.length != 3 || !isSigned(token[0] + "." + token[1], token[2])) {
            return Optional.empty();
        }
        return Optional.of(JSON.readTree(Base64.getUrlDecoder().decode(token[1])))
                .filter(claims -> claims.get("iss").stringValue().equals("gerve"))
                .filter(claims -> claims.get("exp").longValue() > Instant.now().getEpochSecond())
                .filter(claims -> claims.get("repository").stringValue().equals(repository));
    }

    private boolean isSigned(String text, String signature) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return MessageDigest.isEqual(
                    mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)),
                    Base64.getUrlDecoder().decode(signature));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void respond(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
