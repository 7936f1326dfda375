package io.gerve.keyservice.api;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** HTTP response of the API. */
record ApiResponse(int status, HttpResponse<String> response) {
    private static final JsonMapper JSON = new JsonMapper();

    String body() {
        return response.body();
    }

    /** Returns the headers that do not tell one request from another. */
    Map<String, List<String>> constantHeaders() {
        var headers = new TreeMap<>(response.headers().map());
        headers.keySet().removeIf(name -> name.matches("(?i)date|x-github-request-id|x-ratelimit-.*"));
        return headers;
    }

    JsonNode json() {
        return JSON.readTree(body());
    }

    /** Returns the value of the header, or an empty text if the response does not have it. */
    String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }

    String message() {
        return json().path("message").asString();
    }

    /** Returns the first field error, as {@code resource.field code: message}. */
    String error() {
        JsonNode error = json().path("errors").path(0);
        return error.path("resource").asString() + "." + error.path("field").asString() + " "
                + error.path("code").asString() + ": " + error.path("message").asString();
    }
}
