package io.gerve.request;

/** Answers requests. A door hands each one over on a thread of its own. */
@FunctionalInterface
public interface RequestRunner {
    /**
     * Answers the request on the client's streams, however long it takes, on the calling thread. Does not throw: whatever goes wrong
     * is told to the client in a sentence, and in the outcome. Does not close the client's streams.
     *
     * <p>When the calling thread is interrupted the request ends soon: the program stops, or the client is gone.
     */
    ExitResult run(ClientRequest request, ClientStreams client);
}
