package io.gerve.request;

import io.gerve.accesslog.AccessLogSink;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.program.RequestIdGenerator;
import java.util.function.LongSupplier;

/** What is kept of requests: a line in the log, a record in the journal, and when a key was last used. Safe for use by many threads. */
public final class RequestRecorder {
    private final KeyUse keyUse;
    private final AccessLogSink accessLog;
    private final RequestIdGenerator ids;
    private final LongSupplier nanos;
    private final RequestLog requestLog = new RequestLog();

    /** Notes that a key was used, without delay. */
    @FunctionalInterface
    public interface KeyUse {
        public void keyUsed(RegisteredKey key);
    }

    /** @param nanos a clock that only goes forward, as {@link System#nanoTime} */
    public RequestRecorder(KeyUse keyUse, AccessLogSink journal, RequestIdGenerator ids, LongSupplier nanos) {
        this.keyUse = keyUse;
        this.accessLog = journal;
        this.ids = ids;
        this.nanos = nanos;
    }

    /** A request came in. */
    public RequestContext begin(ClientRequest request) {
        return new RequestContext(ids.next(), request, nanos);
    }

    public void keyUsed(RegisteredKey key) {
        keyUse.keyUsed(key);
    }

    public void end(RequestContext trace, TransferMonitor traffic, RequestEnd ended) {
        trace.log(requestLog, traffic, ended);
        accessLog.write(trace.record(traffic, ended));
    }

    /** The request goes on without the gate, which does not learn of its end. */
    public void endDelegated(RequestContext trace) {
        trace.logDelegated(requestLog);
        accessLog.write(trace.delegatedRecord());
    }
}
