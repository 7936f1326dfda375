package io.gerve.keylookup.api;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What a client is answered. */
record Reply(int status, Map<String, String> headers, String body) {
    static final int OK = 200;

    Reply {
        headers = Map.copyOf(headers);
    }

    static Reply json(int status, JsonNode body) {
        return new Reply(status, Map.of("Content-Type", "application/json; charset=utf-8"), body.toString());
    }

    static Reply text(int status, String body) {
        return text(status, body, "text/plain; charset=utf-8");
    }

    static Reply text(int status, String body, String contentType) {
        return new Reply(status, Map.of("Content-Type", contentType), body);
    }

    static Reply empty(int status) {
        return new Reply(status, Map.of(), "");
    }

    Reply with(String header, String value) {
        return with(Map.of(header, value));
    }

    Reply with(Map<String, String> more) {
        var all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return new Reply(status, all, body);
    }
}
