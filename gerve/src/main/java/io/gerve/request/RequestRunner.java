package io.gerve.request;

/** Runner of requests. A frontend calls it on a separate thread for each request. */
@FunctionalInterface
public interface RequestRunner {
    /**
     * Runs the request on the streams of the client, without a time limit, on the calling thread. Does not throw: a
     * failure is reported to the client in a message, and in the exit. Does not close the streams.
     *
     * <p>When the calling thread is interrupted, because the program stops or the client is gone, the request ends
     * soon.
     */
    ExitResult run(ClientRequest request, ClientStreams client);
}
