package io.gerve.keyservice.api;

import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.PathPattern;
import io.gerve.lookup.LookupUnavailable;
import java.util.Map;
import java.util.Optional;

/**
 * Route of the API.
 *
 * @param path a pattern with a name in braces for each parameter: {@code /user/keys/{id}}
 */
record ApiRoute(String method, String path, Access access, Handler handler) {
    /** Access that a request needs. */
    sealed interface Access {}

    /** No token is needed. */
    record Anonymous() implements Access {}

    /** A token with the scope is needed. */
    record WithScope(TokenScope scope) implements Access {}

    /** A probe. No token is needed and no rate limit applies: a load balancer sends one every few seconds. */
    record Operator() implements Access {}

    /** A token is needed, with any scope. */
    record AnyToken() implements Access {}

    @FunctionalInterface
    interface Handler {
        HttpResponse handle(ApiCall call) throws ApiError, LookupUnavailable;
    }

    /**
     * Call of a route.
     *
     * @param pathParameters the values of the path's parameters by name
     */
    record ApiCall(HttpRequest request, Caller caller, Map<String, String> pathParameters) {
        ApiCall {
            pathParameters = Map.copyOf(pathParameters);
        }

        /**
         * Returns the caller.
         *
         * @throws ApiError if the caller is anonymous, which {@link ApiRoute#access} can rule out
         */
        Caller.TokenOwnerCaller tokenOwner() throws ApiError {
            return switch (caller) {
                case Caller.TokenOwnerCaller tokenOwner -> tokenOwner;
                case Caller.Anonymous _ -> throw ApiError.authenticationMissing();
            };
        }

        String pathParameter(String name) {
            return pathParameters.getOrDefault(name, "");
        }

        /**
         * Returns the path parameter {@code id}.
         *
         * @throws ApiError 404 if it is not a number
         */
        long id() throws ApiError {
            String text = pathParameter("id");
            if (!text.matches("[0-9]{1,18}")) {
                throw ApiError.notFound();
            }
            return Long.parseLong(text);
        }
    }

    /** Returns the path parameters, or empty if the request is for another route. */
    Optional<Map<String, String>> match(HttpRequest request) {
        // HttpListener leaves out the body of a response to HEAD.
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        return method.equals(this.method) ? new PathPattern(path).match(request) : Optional.empty();
    }
}
