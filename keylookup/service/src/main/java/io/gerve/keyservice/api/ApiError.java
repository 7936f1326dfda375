package io.gerve.keyservice.api;

import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.MalformedRequest;
import java.io.Serial;
import java.util.List;
import java.util.Map;

/** Error response of the API, with GitHub's statuses and messages where GitHub has the same error. */
final class ApiError extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient List<FieldError> errors;
    private final transient Map<String, String> headers;

    /**
     * Error in one field of the request.
     *
     * @param code {@code missing_field}, {@code invalid} or {@code custom}, as GitHub documents them
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

    /** Returns GitHub's error for too many failed authentications. */
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
                "Internal error. Please report it to the site's operators with the X-GitHub-Request-Id of this"
                        + " response.");
    }

    /**
     * Returns the error for an unavailable dependency. Changes can be repeated safely, so it does not say if one was
     * made.
     */
    static ApiError tryAgain() {
        return new ApiError(
                503, "Service temporarily unavailable. Please try again.", List.of(), Map.of("Retry-After", "2"));
    }

    private static ApiError unauthorized(String message) {
        return new ApiError(401, message, List.of(), Map.of("WWW-Authenticate", "Bearer realm=\"Gerve\""));
    }

    /** @param documentation the URL of the API's description */
    HttpResponse toResponse(String documentation) {
        return GitHubJson.response(status, GitHubJson.error(String.valueOf(getMessage()), errors, documentation))
                .with(headers);
    }
}
