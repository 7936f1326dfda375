package io.gerve.keyservice.web;

import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.PathPattern;
import io.gerve.lookup.LookupUnavailable;

/** Route of the settings page. */
record PageRoute(Method method, PathPattern path, Access access, Handler handler) {
    enum Method {
        GET,
        POST
    }

    /** Access that a request needs. */
    sealed interface Access {}

    /** The user need not be signed in. */
    record Public() implements Access {}

    /** The user must be signed in. */
    record SignedIn() implements Access {}

    /** The user must be signed in with a token that has the scope. */
    record WithScope(TokenScope scope) implements Access {}

    @FunctionalInterface
    interface Handler {
        HttpResponse handle(PageRequest page) throws PageError, LookupUnavailable;
    }

    static PageRoute get(String path, Access access, Handler handler) {
        return new PageRoute(Method.GET, new PathPattern(path), access, handler);
    }

    static PageRoute post(String path, Access access, Handler handler) {
        return new PageRoute(Method.POST, new PathPattern(path), access, handler);
    }
}
