package io.gerve.keyservice.api;

import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.MalformedRequest;
import java.io.Serial;
import java.util.List;
import java.util.Map;

/** The request is not done, and this is what the client is told. The names of the cases are GitHub's. */
final class ApiError extends Exception {
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

    private ApiError(int status, String message, List<FieldError> errors, Map<String, String> headers) {
        super(message);
        this.status = status;
        this.errors = List.copyOf(errors);
        this.headers = Map.copyOf(headers);
    }

    private ApiError(int status, String message) {
        this(status, message, List.of(), Map.of());
    }

    static ApiError badRequest(String message) {
        return new ApiError(400, message);
    }

    static ApiError badCredentials() {
        return unauthorized("Bad credentials");
    }

    /** As GitHub says it. */
    static ApiError tooManyGuesses() {
        return forbidden("Maximum number of login attempts exceeded. Please try again later.");
    }

    static ApiError authenticationMissing() {
        return unauthorized("Requires authentication");
    }

    static ApiError forbidden(String message) {
        return new ApiError(403, message);
    }

    static ApiError notFound() {
        return new ApiError(404, "Not Found");
    }

    static ApiError malformed(MalformedRequest request) {
        return new ApiError(request.status(), request.message());
    }

    static ApiError invalid(FieldError error) {
        return new ApiError(422, "Validation Failed", List.of(error), Map.of());
    }

    static ApiError internalError() {
        return new ApiError(
                500,
                "This should not have happened. Tell the site's operators the X-GitHub-Request-Id of this answer.");
    }

    /** Making a change again is harmless, so that it need not be said whether it was made. */
    static ApiError tryAgain() {
        return new ApiError(
                503, "Gerve cannot look this up just now. Please try again.", List.of(), Map.of("Retry-After", "2"));
    }

    private static ApiError unauthorized(String message) {
        return new ApiError(401, message, List.of(), Map.of("WWW-Authenticate", "Bearer realm=\"Gerve\""));
    }

    /** @param documentation where the API is described */
    HttpResponse reply(String documentation) {
        return GitHubJson.reply(status, GitHubJson.refusal(String.valueOf(getMessage()), errors, documentation))
                .with(headers);
    }

    int status() {
        return status;
    }
}
