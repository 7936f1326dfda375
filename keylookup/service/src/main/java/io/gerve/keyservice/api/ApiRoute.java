package io.gerve.keyservice.api;

import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.PathPattern;
import io.gerve.lookup.LookupUnavailable;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that can be asked of the service.
 *
 * @param path with a name in braces, {@code /user/keys/{id}}, where any part may stand
 */
record ApiRoute(String method, String path, Access access, Handler handler) {
    /** Who may ask. */
    sealed interface Access {}

    record Anonymous() implements Access {}

    record WithScope(TokenScope scope) implements Access {}

    /** Who looks after the program, as often as they like: a balancer asks every few seconds. */
    record Operator() implements Access {}

    /** Any token will do: it is about whose it is. */
    record AnyToken() implements Access {}

    @FunctionalInterface
    interface Handler {
        HttpResponse reply(ApiCall call) throws ApiError, LookupUnavailable;
    }

    /** @param parts what stands in the path's places, by their names */
    record ApiCall(HttpRequest request, Caller caller, Map<String, String> parts) {
        ApiCall {
            parts = Map.copyOf(parts);
        }

        /** Who asks, where {@link ApiRoute#access} lets nobody else ask. */
        Caller.TokenOwnerCaller person() throws ApiError {
            return switch (caller) {
                case Caller.TokenOwnerCaller person -> person;
                case Caller.Anonymous _ -> throw ApiError.authenticationMissing();
            };
        }

        String part(String name) {
            return parts.getOrDefault(name, "");
        }

        /** @throws ApiError if it is no number, so that nothing has it */
        long id() throws ApiError {
            String text = part("id");
            if (!text.matches("[0-9]{1,18}")) {
                throw ApiError.notFound();
            }
            return Long.parseLong(text);
        }
    }

    /** @return the parts of the path that are the client's to choose, or empty if this is not what it asks for */
    Optional<Map<String, String>> match(HttpRequest request) {
        // Whoever asks for the headers alone is answered as if they asked for all, and gets the headers.
        String asked = request.method().equals("HEAD") ? "GET" : request.method();
        return asked.equals(method) ? new PathPattern(path).match(request) : Optional.empty();
    }
}
