package io.gerve.keyservice.web;

import io.gerve.keyservice.http.HttpRequest;
import java.util.Map;

/**
 * One request of a visitor to one page.
 *
 * @param parts what stands in the path's places, by their names
 * @param form empty unless one was sent
 */
record PageRequest(HttpRequest request, Map<String, String> parts, WebPrincipal principal, SubmittedForm form) {
    PageRequest {
        parts = Map.copyOf(parts);
    }

    /** Who visits, where {@link PageRoute#access} lets nobody else in. */
    WebPrincipal.SignedIn signedIn() throws PageError {
        return switch (principal) {
            case WebPrincipal.SignedIn member -> member;
            case WebPrincipal.Anonymous _ -> throw PageError.forbidden("Please sign in first.");
        };
    }

    String part(String name) {
        return parts.getOrDefault(name, "");
    }

    /** @throws PageError if it is no number, so that nothing has it */
    long id() throws PageError {
        String text = part("id");
        if (!text.matches("[0-9]{1,18}")) {
            throw PageError.notFound();
        }
        return Long.parseLong(text);
    }
}
