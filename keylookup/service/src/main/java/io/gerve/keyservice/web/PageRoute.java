package io.gerve.keyservice.web;

import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.PathPattern;
import io.gerve.lookup.LookupUnavailable;

/** What is done when a page is asked for, or its form is sent. */
record PageRoute(Method method, PathPattern path, Access access, Handler handler) {
    enum Method {
        GET,
        POST
    }

    /** Who may ask. */
    sealed interface Access {}

    record Public() implements Access {}

    record SignedIn() implements Access {}

    /** Members whose token has the scope. */
    record WithScope(TokenScope scope) implements Access {}

    @FunctionalInterface
    interface Handler {
        HttpResponse reply(PageRequest visit) throws PageError, LookupUnavailable;
    }

    static PageRoute get(String path, Access access, Handler handler) {
        return new PageRoute(Method.GET, new PathPattern(path), access, handler);
    }

    static PageRoute post(String path, Access access, Handler handler) {
        return new PageRoute(Method.POST, new PathPattern(path), access, handler);
    }
}
