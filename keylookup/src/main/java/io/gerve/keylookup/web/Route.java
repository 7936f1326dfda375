package io.gerve.keylookup.web;

import io.gerve.keylookup.http.PathPattern;
import io.gerve.keylookup.http.Reply;
import io.gerve.keylookup.token.Scope;
import io.gerve.lookup.LookupUnavailable;

/** What is done when a page is asked for, or its form is sent. */
record Route(Method method, PathPattern path, Access access, Handler handler) {
    enum Method {
        GET,
        POST
    }

    /** Who may ask. */
    sealed interface Access {}

    record Anybody() implements Access {}

    record Members() implements Access {}

    /** Members whose token has the scope. */
    record Holders(Scope scope) implements Access {}

    @FunctionalInterface
    interface Handler {
        Reply reply(Visit visit) throws Problem, LookupUnavailable;
    }

    static Route get(String path, Access access, Handler handler) {
        return new Route(Method.GET, new PathPattern(path), access, handler);
    }

    static Route post(String path, Access access, Handler handler) {
        return new Route(Method.POST, new PathPattern(path), access, handler);
    }
}
