package io.gerve.keyservice.api;

import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the service answered over HTTP. */
record ApiResponse(int status, HttpResponse<String> response) {
    private static final JsonMapper JSON = new JsonMapper();

    String body() {
        return response.body();
    }

    JsonNode json() {
        return JSON.readTree(body());
    }

    /** @return the header's value, empty if it is not there */
    String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }

    String message() {
        return json().path("message").asString();
    }

    /** The first field that is wrong, as {@code resource.field code: message}. */
    String error() {
        JsonNode error = json().path("errors").path(0);
        return error.path("resource").asString() + "." + error.path("field").asString() + " "
                + error.path("code").asString() + ": " + error.path("message").asString();
    }
}
