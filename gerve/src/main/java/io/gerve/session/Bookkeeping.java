package io.gerve.session;

import io.gerve.keylookup.key.KnownKey;
import io.gerve.program.RequestIds;
import java.util.function.LongSupplier;

/** What is kept of requests: a line in the log, a record in the journal, and when a key was last used. Safe for use by many threads. */
public final class Bookkeeping {
    private final KeyUse keyUse;
    private final Journal journal;
    private final RequestIds ids;
    private final LongSupplier nanos;
    private final SessionLog log = new SessionLog();

    /** Notes that a key was used, without delay. */
    @FunctionalInterface
    public interface KeyUse {
        void note(KnownKey key);
    }

    /** @param nanos a clock that only goes forward, as {@link System#nanoTime} */
    public Bookkeeping(KeyUse keyUse, Journal journal, RequestIds ids, LongSupplier nanos) {
        this.keyUse = keyUse;
        this.journal = journal;
        this.ids = ids;
        this.nanos = nanos;
    }

    /** A request came in. */
    SessionTrace begin(Request request) {
        return new SessionTrace(ids.next(), request, nanos);
    }

    void used(KnownKey key) {
        keyUse.note(key);
    }

    void end(SessionTrace trace, Traffic traffic, Ended ended) {
        trace.log(log, traffic, ended);
        journal.note(trace.record(traffic, ended));
    }

    /** The request goes on without the gate, which does not learn of its end. */
    void endHandedOver(SessionTrace trace) {
        trace.logHandedOver(log);
        journal.note(trace.recordHandedOver());
    }
}
