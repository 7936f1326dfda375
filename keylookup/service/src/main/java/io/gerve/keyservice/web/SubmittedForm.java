package io.gerve.keyservice.web;

import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.MalformedRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Form that a browser submitted. */
final class SubmittedForm {
    static final SubmittedForm EMPTY = new SubmittedForm(Map.of());

    private static final String TYPE = "application/x-www-form-urlencoded";

    private final Map<String, String> fields;

    private SubmittedForm(Map<String, String> fields) {
        this.fields = Map.copyOf(fields);
    }

    /** @throws MalformedRequest if the body is not a form, or a field appears twice */
    static SubmittedForm read(HttpRequest request) throws MalformedRequest {
        String type = request.header("Content-Type").orElse("");
        if (!type.equals(TYPE) && !type.startsWith(TYPE + ";")) {
            throw MalformedRequest.of("The request body is not a form.");
        }
        Map<String, String> fields = new HashMap<>();
        String body = new String(request.body().bytes(), StandardCharsets.UTF_8);
        for (String pair : body.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 0
                    || fields.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1))) != null) {
                // A proxy and Gerve could read different values of a field that appears twice.
                throw MalformedRequest.of("The form data is malformed.");
            }
        }
        return new SubmittedForm(fields);
    }

    /**
     * Returns the value of the field without surrounding white space, or an empty text if the form does not have it.
     */
    String text(String name) {
        return fields.getOrDefault(name, "").strip();
    }

    private static String decoded(String text) throws MalformedRequest {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw MalformedRequest.of("The form data is malformed.");
        }
    }
}
