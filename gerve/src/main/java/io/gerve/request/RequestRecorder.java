package io.gerve.request;

import io.gerve.accesslog.AccessLogSink;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.program.RequestIdGenerator;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.LongSupplier;

/**
 * Recorder of requests: writes the log line, the access log record, the metrics, the trace and the last use of the key.
 * Safe for use by many threads.
 */
public final class RequestRecorder {
    private final KeyUse keyUse;
    private final AccessLogSink accessLog;
    private final RequestIdGenerator ids;
    private final LongSupplier nanos;
    private final Duration runningRecordAfter;
    private final ScheduledThreadPoolExecutor timer;
    private final RequestMetrics metrics;
    private final RequestTraces traces;
    private final RequestLog requestLog = new RequestLog();

    /** Recorder of the use of a key. Never blocks. */
    @FunctionalInterface
    public interface KeyUse {
        public void keyUsed(RegisteredKey key);
    }

    /**
     * @param nanos monotonic clock, such as {@link System#nanoTime}
     * @param runningRecordAfter the time after which a request that is still running is recorded
     */
    public RequestRecorder(
            KeyUse keyUse,
            AccessLogSink accessLog,
            RequestIdGenerator ids,
            LongSupplier nanos,
            Duration runningRecordAfter,
            RequestMetrics metrics,
            RequestTraces traces) {
        this.keyUse = keyUse;
        this.accessLog = accessLog;
        this.ids = ids;
        this.nanos = nanos;
        this.runningRecordAfter = runningRecordAfter;
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("running-record-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        this.metrics = metrics;
        this.traces = traces;
    }

    /** Begins a request and returns its context. */
    public RequestContext begin(ClientRequest request) {
        return new RequestContext(ids.next(), request, nanos);
    }

    /** Returns a monitor of the bytes of one request. */
    public TransferMonitor newTransfer() {
        return new TransferMonitor(metrics.traffic());
    }

    public void keyUsed(RegisteredKey key) {
        keyUse.keyUsed(key);
    }

    /**
     * Records an allowed request while it runs, if it runs long. The caller closes the result when the request has
     * ended, and then calls {@link #end}.
     */
    public RunningRecord recordWhileRunning(RequestContext context, TransferMonitor transfer) {
        return new RunningRecord(() -> accessLog.write(context.runningRecord(transfer)), runningRecordAfter, timer);
    }

    public void end(RequestContext context, TransferMonitor transfer, RequestEnd ended) {
        Map<String, Object> fields = context.fields(transfer, ended);
        requestLog.write(fields);
        context.measure(metrics, transfer, ended);
        context.trace(traces, transfer, ended, fields);
        accessLog.write(context.record(transfer, ended));
    }

    /** Records a request that continues without the gate, which does not learn of its end. */
    public void endDelegated(RequestContext context) {
        Map<String, Object> fields = context.delegatedFields();
        requestLog.write(fields);
        context.measureDelegated(metrics);
        context.traceDelegated(traces, fields);
        accessLog.write(context.delegatedRecord());
    }
}
