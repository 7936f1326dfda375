package io.gerve.keyservice.web;

import io.gerve.keyservice.http.HttpRequest;
import java.util.Map;

/**
 * Request for a page.
 *
 * @param pathParameters the values of the path's parameters by name
 * @param form the submitted form, empty for GET
 */
record PageRequest(
        HttpRequest request, Map<String, String> pathParameters, WebPrincipal principal, SubmittedForm form) {
    PageRequest {
        pathParameters = Map.copyOf(pathParameters);
    }

    /**
     * Returns the principal.
     *
     * @throws PageError if the principal is not signed in, which {@link PageRoute#access} can rule out
     */
    WebPrincipal.SignedIn signedIn() throws PageError {
        return switch (principal) {
            case WebPrincipal.SignedIn signedIn -> signedIn;
            case WebPrincipal.Anonymous _ -> throw PageError.forbidden("Please sign in first.");
        };
    }

    String pathParameter(String name) {
        return pathParameters.getOrDefault(name, "");
    }

    /**
     * Returns the path parameter {@code id}.
     *
     * @throws PageError 404 if it is not a number
     */
    long id() throws PageError {
        String text = pathParameter("id");
        if (!text.matches("[0-9]{1,18}")) {
            throw PageError.notFound();
        }
        return Long.parseLong(text);
    }
}
