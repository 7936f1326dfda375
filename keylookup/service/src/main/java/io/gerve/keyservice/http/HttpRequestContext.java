package io.gerve.keyservice.http;

/** Facts about a running request for the log and the metrics. Not thread-safe: belongs to the request's thread. */
public final class HttpRequestContext {
    private static final String UNKNOWN = "unknown";

    private String operation = UNKNOWN;
    private String caller = "-";

    /**
     * Sets the operation.
     *
     * @param path the path of a route, never the path that a client sent: each value creates a time series
     */
    public void operation(String path) {
        operation = path;
    }

    /** Sets the caller. */
    public void caller(String name) {
        caller = name;
    }

    String operation() {
        return operation;
    }

    String caller() {
        return caller;
    }
}
