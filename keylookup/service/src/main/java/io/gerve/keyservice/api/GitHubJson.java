package io.gerve.keyservice.api;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.policy.KeyIssue;
import io.gerve.keyservice.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON objects in GitHub's format. Gerve's own fields follow GitHub's. */
final class GitHubJson {
    private static final JsonMapper MAPPER = new JsonMapper();

    private GitHubJson() {}

    static HttpResponse response(int status, JsonNode body) {
        return new HttpResponse(status, Map.of("Content-Type", "application/json; charset=utf-8"), body.toString());
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array(List<ObjectNode> elements) {
        return MAPPER.createArrayNode().addAll(elements);
    }

    static ObjectNode error(String message, List<ApiError.FieldError> errors, String documentation) {
        ObjectNode body = object().put("message", message);
        if (!errors.isEmpty()) {
            body.set(
                    "errors",
                    array(errors.stream()
                            .map(error -> object().put("resource", error.resource())
                                    .put("field", error.field())
                                    .put("code", error.code())
                                    .put("message", error.message()))
                            .toList()));
        }
        return body.put("documentation_url", documentation);
    }

    /** Returns the public part of a key. */
    static ObjectNode publicKey(RegisteredKeyDetails key) {
        return object().put("id", key.registered().id())
                .put("key", key.key().text())
                .put("created_at", time(key.createdAt()));
    }

    /** Returns a key as its owner sees it. */
    static ObjectNode key(RegisteredKeyDetails key, String url, List<KeyIssue> issues) {
        ObjectNode body = object().put("id", key.registered().id())
                .put("key", key.key().text())
                .put("url", url)
                .put("title", key.registered().title())
                .put("created_at", time(key.createdAt()));
        putTime(body, "last_used", key.lastUsedAt());
        putTime(body, "last_used_at", key.lastUsedAt());
        body.put("fingerprint", key.registered().fingerprint().text())
                .put("algorithm", key.key().algorithm().wireName())
                .put("bits", key.key().bits());
        switch (key.registered().validity()) {
            case KeyValidity.ValidUntil(Instant end) -> {
                body.put("verified", true);
                putTime(body, "expires_at", end);
                body.putNull("revoked_at").putNull("revoked_reason");
            }
            case KeyValidity.Revoked(Instant at, String reason) -> {
                body.put("verified", false).putNull("expires_at");
                body.put("revoked_at", time(at)).put("revoked_reason", reason);
            }
        }
        body.set("warnings", warnings(issues));
        return body;
    }

    static ObjectNode account(Account account, String url) {
        return object().put("login", account.login().text())
                .put("id", account.id())
                .put(
                        "type",
                        switch (account.kind()) {
                            case USER -> "User";
                            case ORGANIZATION -> "Organization";
                        })
                .put("url", url);
    }

    private static ArrayNode warnings(List<KeyIssue> issues) {
        return array(issues.stream()
                .map(issue -> object().put("rule", issue.rule().label())
                        .put("message", issue.message())
                        .put("refused", issue.refuses()))
                .toList());
    }

    /** @param time {@link Instant#MIN} and {@link Instant#MAX} become null */
    private static void putTime(ObjectNode body, String name, Instant time) {
        if (time.equals(Instant.MIN) || time.equals(Instant.MAX)) {
            body.putNull(name);
        } else {
            body.put(name, time(time));
        }
    }

    private static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
