package io.gerve.keylookup.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a client is answered. */
public record Reply(int status, Map<String, String> headers, String body) {
    public static final int OK = 200;

    public Reply {
        headers = Map.copyOf(headers);
    }

    public static Reply text(int status, String body) {
        return text(status, body, "text/plain; charset=utf-8");
    }

    public static Reply text(int status, String body, String contentType) {
        return new Reply(status, Map.of("Content-Type", contentType), body);
    }

    public static Reply empty(int status) {
        return new Reply(status, Map.of(), "");
    }

    public Reply with(String header, String value) {
        return with(Map.of(header, value));
    }

    public Reply with(Map<String, String> more) {
        var all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return new Reply(status, all, body);
    }
}
