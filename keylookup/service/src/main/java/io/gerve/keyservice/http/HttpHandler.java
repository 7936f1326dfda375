package io.gerve.keyservice.http;

/** Handler of all requests of one application: the REST API or the settings page. */
public interface HttpHandler {
    /** Returns whether this handler is responsible for the request, even if the response is 404. */
    boolean serves(HttpRequest request);

    /** Returns whether the request is a probe of the operator's, which must be answered on a busy program too. */
    default boolean isProbe(HttpRequest request) {
        return false;
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
