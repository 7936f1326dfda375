package io.gerve.keyservice.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** HTTP response. The headers contain each name once. */
public record HttpResponse(int status, Map<String, String> headers, String body) {
    public static final int OK = 200;

    public HttpResponse {
        headers = Map.copyOf(headers);
    }

    public static HttpResponse text(int status, String body) {
        return text(status, body, "text/plain; charset=utf-8");
    }

    public static HttpResponse text(int status, String body, String contentType) {
        return new HttpResponse(status, Map.of("Content-Type", contentType), body);
    }

    public static HttpResponse empty(int status) {
        return new HttpResponse(status, Map.of(), "");
    }

    public HttpResponse with(String header, String value) {
        return with(Map.of(header, value));
    }

    public HttpResponse with(Map<String, String> more) {
        var all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return new HttpResponse(status, all, body);
    }
}
