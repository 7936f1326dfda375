package io.gerve.keyservice.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** OpenAPI document of the API, with which tests validate the responses. */
final class OpenApiDescription {
    private static final JsonMapper JSON = new JsonMapper();

    /** Paths for load balancers, which the document leaves out. */
    static final Set<String> PROBES = Set.of("/livez", "/readyz");

    private final JsonNode document;
    private final SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private OpenApiDescription(JsonNode document) {
        this.document = document;
    }

    static OpenApiDescription load() {
        try (InputStream in = RestApi.class.getResourceAsStream("openapi.json")) {
            return new OpenApiDescription(JSON.readTree(in));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns all operations, as {@code GET /path}. */
    Set<String> operations() {
        Set<String> operations = new HashSet<>();
        for (var path : document.path("paths").properties()) {
            String prefix = path.getValue().has("servers") ? "" : ApiUrls.API;
            for (var operation : path.getValue().properties()) {
                if (!operation.getKey().equals("servers")) {
                    String full = (prefix + path.getKey()).replaceFirst("(?<=.)/$", "");
                    operations.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + full);
                }
            }
        }
        return operations;
    }

    /** Returns the scope that an operation requires; {@code any} for any token, empty for no token. */
    String scope(String method, String path) {
        JsonNode security = operation(method, path).path("security");
        return security.isEmpty() ? "" : security.path(0).path("token").path(0).asString("any");
    }

    /** Fails if the document does not describe the response. */
    void check(String method, String path, ApiResponse response) {
        if (PROBES.contains(path)) {
            return;
        }
        String documentedMethod = method.equals("HEAD") ? "GET" : method;
        String template = operations().stream()
                .filter(operation -> operation.startsWith(documentedMethod + " ")
                        && matches(operation.split(" ", 2)[1], path))
                .sorted((one, other) -> Integer.compare(one.indexOf('{') & 0xffff, other.indexOf('{') & 0xffff))
                .reduce((_, last) -> last)
                .orElse("");
        if (template.isEmpty()) {
            assertThat(response.status()).as(method + " " + path).isIn(401, 403, 404, 503);
            return;
        }
        JsonNode described = resolve(operation(documentedMethod, template.split(" ", 2)[1])
                .path("responses")
                .path(Integer.toString(response.status())));
        assertThat(described.isMissingNode())
                .as("%s answers %d: %s", template, response.status(), response.body())
                .isFalse();
        JsonNode schema = described.path("content").path("application/json").path("schema");
        if (schema.isMissingNode() || method.equals("HEAD")) {
            assertThat(response.header("Content-Type")).doesNotContain("json");
        } else {
            assertThat(schema(schema).validate(response.json()))
                    .as("%s answers %s", template, response.body())
                    .isEmpty();
        }
    }

    private JsonNode operation(String method, String path) {
        String inApi = path.startsWith(ApiUrls.API) ? path.substring(ApiUrls.API.length()) : path;
        return document.path("paths").path(inApi.isEmpty() ? "/" : inApi).path(method.toLowerCase(Locale.ROOT));
    }

    private JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asString().substring(1)) : node;
    }

    private Schema schema(JsonNode schema) {
        ObjectNode whole = (ObjectNode) schema.deepCopy();
        whole.set("components", document.path("components"));
        return schemas.getSchema(whole);
    }

    private static boolean matches(String template, String path) {
        String pattern = template.replaceAll("\\{[a-z]+}", "[^/]+").replace(".keys", "\\.keys");
        return path.replaceFirst("(?<=.)/$", "").matches(pattern);
    }
}
