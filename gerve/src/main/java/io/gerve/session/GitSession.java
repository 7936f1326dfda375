package io.gerve.session;

/** Runs one request, from its line to its exit status: who, what, may they, where, join. Safe for use by many threads. */
public final class GitSession {
    /**
     * Answers the request on the client's streams, however long it takes, on the calling thread. Does not throw: whatever goes wrong
     * is told to the client in a sentence, and in the outcome. Does not close the client's streams.
     */
    public Outcome run(Request request, Client client) {
        return new Outcome.Exit(1);
    }
}
