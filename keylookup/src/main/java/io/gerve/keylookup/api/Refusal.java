package io.gerve.keylookup.api;

import io.gerve.keylookup.http.Malformed;
import io.gerve.keylookup.http.Reply;
import java.io.Serial;
import java.util.List;
import java.util.Map;

/** The request is not done, and this is what the client is told. The names of the cases are GitHub's. */
final class Refusal extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient List<FieldError> errors;
    private final transient Map<String, String> headers;

    /**
     * What is wrong with one field.
     *
     * @param code {@code missing_field}, {@code invalid} or {@code custom}, as GitHub explains them
     */
    record FieldError(String resource, String field, String code, String message) {}

    private Refusal(int status, String message, List<FieldError> errors, Map<String, String> headers) {
        super(message);
        this.status = status;
        this.errors = List.copyOf(errors);
        this.headers = Map.copyOf(headers);
    }

    private Refusal(int status, String message) {
        this(status, message, List.of(), Map.of());
    }

    static Refusal badRequest(String message) {
        return new Refusal(400, message);
    }

    static Refusal badCredentials() {
        return unauthorized("Bad credentials");
    }

    /** As GitHub says it. */
    static Refusal tooManyGuesses() {
        return forbidden("Maximum number of login attempts exceeded. Please try again later.");
    }

    static Refusal authenticationMissing() {
        return unauthorized("Requires authentication");
    }

    static Refusal forbidden(String message) {
        return new Refusal(403, message);
    }

    static Refusal notFound() {
        return new Refusal(404, "Not Found");
    }

    static Refusal malformed(Malformed request) {
        return new Refusal(request.status(), request.sentence());
    }

    static Refusal invalid(FieldError error) {
        return new Refusal(422, "Validation Failed", List.of(error), Map.of());
    }

    static Refusal bug() {
        return new Refusal(
                500,
                "This should not have happened. Tell the site's operators the X-GitHub-Request-Id of this answer.");
    }

    /** Making a change again is harmless, so that it need not be said whether it was made. */
    static Refusal tryAgain() {
        return new Refusal(
                503, "Gerve cannot look this up just now. Please try again.", List.of(), Map.of("Retry-After", "2"));
    }

    private static Refusal unauthorized(String message) {
        return new Refusal(401, message, List.of(), Map.of("WWW-Authenticate", "Bearer realm=\"Gerve\""));
    }

    /** @param documentation where the API is described */
    Reply reply(String documentation) {
        return Json.reply(status, Json.refusal(String.valueOf(getMessage()), errors, documentation))
                .with(headers);
    }

    int status() {
        return status;
    }
}
