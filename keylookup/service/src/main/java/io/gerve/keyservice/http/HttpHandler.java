package io.gerve.keyservice.http;

import java.util.Optional;

/** Handler of all requests of one application: the REST API or the settings page. */
public interface HttpHandler {
    /** Returns whether this handler is responsible for the request, even if the response is 404. */
    boolean serves(HttpRequest request);

    /**
     * Returns the name of the operator's probe that the request is, or empty if it is a client's request. Probes must
     * be answered on a busy program too.
     *
     * @return one of a few constants: each name has places of its own
     */
    default Optional<String> probe(HttpRequest request) {
        return Optional.empty();
    }

    /**
     * Handles the request.
     *
     * @param context receives the operation and the caller for the log and the metrics
     */
    HttpResponse handle(HttpRequest request, HttpRequestContext context);

    /** Returns the response to a request that could not be handled. */
    HttpResponse fail(HttpRequest request, Failure failure);

    /** Reason why a request could not be handled. */
    enum Failure {
        /** Too many requests are running, or a dependency did not answer. */
        BUSY,
        /** An unexpected exception, which has been logged. */
        BUG
    }
}
