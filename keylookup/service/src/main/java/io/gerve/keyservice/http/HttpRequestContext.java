package io.gerve.keyservice.http;

/** What is seen of a request while it is answered, for the log and the metrics. Belongs to the request's thread. */
public final class HttpRequestContext {
    private static final String UNKNOWN = "unknown";

    private String operation = UNKNOWN;
    private String caller = "-";

    /** @param path of an operation that there is, never what a client wrote: each makes a series of metrics */
    public void operation(String path) {
        operation = path;
    }

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
