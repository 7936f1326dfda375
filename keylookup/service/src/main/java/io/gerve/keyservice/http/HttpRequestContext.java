package io.gerve.keyservice.http;

/** Facts about a running request for the log and the metrics. Not thread-safe: belongs to the request's thread. */
public final class HttpRequestContext {
    private static final String UNKNOWN = "unknown";
    private static final String NO_CALLER = "-";

    private final CallerShares shares;
    private String operation = UNKNOWN;
    private String caller = NO_CALLER;
    private boolean hasPlace;

    HttpRequestContext(CallerShares shares) {
        this.shares = shares;
    }

    /**
     * Sets the operation.
     *
     * @param path the path of a route, never the path that a client sent: each value creates a time series
     */
    public void operation(String path) {
        operation = path;
    }

    /**
     * Sets the caller, once.
     *
     * @return false if the caller has its share of the concurrent requests already, so that this request must fail with
     *     {@link HttpHandler.Failure#BUSY}
     */
    public boolean admit(String name) {
        caller = name;
        hasPlace = shares.take(name);
        return hasPlace;
    }

    void end() {
        if (hasPlace) {
            shares.release(caller);
        }
    }

    String operation() {
        return operation;
    }

    String caller() {
        return caller;
    }
}
