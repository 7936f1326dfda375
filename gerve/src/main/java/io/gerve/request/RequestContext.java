package io.gerve.request;

import io.gerve.access.Decision;
import io.gerve.accesslog.AccessLogRecord;
import io.gerve.git.GitCommand;
import io.gerve.git.LfsCommand;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.logging.TextEscaper;
import io.gerve.program.RequestId;
import io.gerve.push.PushedRefs;
import io.gerve.routing.FileServerHost;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * State of one request while it runs, for its log line and its access log record. Confined to the thread of the request,
 * except that another thread may take the {@link #runningRecord} of an allowed request.
 */
public final class RequestContext {
    private static final int RECORDED_TEXT_MAX = 255;

    private final RequestId id;
    private final ClientRequest request;
    private final LongSupplier nanos;
    private final long startedAt;
    private long phaseStartedAt;

    private String principalName = "";
    private long accountId;
    private long keyId;
    private String service = "";
    private boolean writes;
    private String repository = "";
    private long repositoryId;
    private volatile String message = "";
    private volatile AuthorizationResult result = AuthorizationResult.Answered.failed();
    private String server = "";
    private volatile String host = "";
    private Duration decisionTime = Duration.ZERO;
    private Duration routingTime = Duration.ZERO;
    private Duration connectTime = Duration.ZERO;

    public RequestContext(RequestId id, ClientRequest request, LongSupplier nanos) {
        this.id = id;
        this.request = request;
        this.nanos = nanos;
        this.startedAt = nanos.getAsLong();
        this.phaseStartedAt = startedAt;
    }

    public RequestId id() {
        return id;
    }

    void principal(RegisteredKey key) {
        principalName = key.principal().displayName();
        keyId = key.id();
        if (key.principal() instanceof Principal.OfAccount(var owner)) {
            accountId = owner.id();
        }
    }

    void command(GitCommand command) {
        service = command.service().program();
        writes = command.service().writes();
        repository = command.repository().toString();
    }

    void command(LfsCommand command) {
        service = LfsCommand.PROGRAM;
        repository = command.repository().toString();
    }

    void decided(Decision decision) {
        decisionTime = endPhase();
        if (decision instanceof Decision.Allowed allowed) {
            repository = allowed.repository().name().toString();
            repositoryId = allowed.repository().id();
        }
    }

    void routed() {
        routingTime = endPhase();
    }

    public void connected(FileServerHost target) {
        connectTime = endPhase();
        host = target.name();
    }

    /** Records what becomes of the request. The last result counts. */
    public void concluded(AuthorizationResult result) {
        this.result = result;
        switch (result) {
            case AuthorizationResult.Authorized authorized ->
                server = authorized.route().server();
            case AuthorizationResult.SelfService selfService ->
                service = selfService.rule().label();
            case AuthorizationResult.LfsAllowed _, AuthorizationResult.Answered _ -> {}
        }
    }

    /** Records the message to the client, regardless of the decision. */
    public void answered(ClientMessage message) {
        this.message = message.record();
    }

    AccessLogRecord record(TransferMonitor transfer, RequestEnd ended) {
        return record(transfer, exit(ended.exit()), ended.by().label(), transfer.refs());
    }

    /** Returns the record of the request until now. Its bytes, duration and refs grow while the request runs. */
    AccessLogRecord runningRecord(TransferMonitor transfer) {
        return record(transfer, "", AccessLogRecord.OutcomeFields.UNKNOWN, transfer.refs());
    }

    AccessLogRecord delegatedRecord() {
        return record(
                new TransferMonitor(),
                "",
                AccessLogRecord.OutcomeFields.DELEGATED,
                writes ? PushedRefs.UNKNOWN : PushedRefs.NONE);
    }

    private AccessLogRecord record(TransferMonitor transfer, String exit, String endedBy, PushedRefs refs) {
        return new AccessLogRecord(
                id,
                id.time(),
                new AccessLogRecord.ClientFields(
                        request.frontend(),
                        request.address().getHostAddress(),
                        request.fingerprint().text(),
                        keyId,
                        accountId,
                        principalName),
                new AccessLogRecord.RequestFields(service, repository, escaped(request.execLine())),
                new AccessLogRecord.DecisionFields(
                        result.decision(), result.rule().label(), repositoryId, server, host, escaped(message)),
                new AccessLogRecord.OutcomeFields(
                        transfer.bytesIn(),
                        transfer.bytesOut(),
                        TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - startedAt),
                        exit,
                        endedBy),
                refs);
    }

    private static String escaped(String text) {
        return TextEscaper.truncate(TextEscaper.excerpt(text, RECORDED_TEXT_MAX), RECORDED_TEXT_MAX);
    }

    /** Returns the fields of the log line, in their order. */
    Map<String, Object> fields(TransferMonitor transfer, RequestEnd ended) {
        return fields(transfer, exit(ended.exit()), ended.by().label());
    }

    /** Returns the fields of the log line of a request that continues without the gate. */
    Map<String, Object> delegatedFields() {
        return fields(new TransferMonitor(), "", AccessLogRecord.OutcomeFields.DELEGATED);
    }

    private Map<String, Object> fields(TransferMonitor transfer, String exit, String endedBy) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("request_id", id.text());
        fields.put("frontend", request.frontend());
        fields.put("client_address", request.address().getHostAddress());
        fields.put("principal", principalName);
        fields.put("key_fingerprint", request.fingerprint().text());
        fields.put("key_id", keyId);
        fields.put("command", service.isEmpty() ? TextEscaper.excerpt(request.execLine()) : service);
        fields.put("repository", repository);
        fields.put("protocol", request.protocol().text());
        fields.put("decision", result.decision().label());
        fields.put("rule", result.rule().label());
        fields.put("server", server);
        fields.put("host", host);
        fields.put("bytes_in", transfer.bytesIn());
        fields.put("bytes_out", transfer.bytesOut());
        fields.put("auth_ms", milliseconds(request.authentication()));
        fields.put("authorize_ms", milliseconds(decisionTime));
        fields.put("route_ms", milliseconds(routingTime));
        fields.put("connect_ms", milliseconds(connectTime));
        fields.put("total_ms", milliseconds(Duration.ofNanos(nanos.getAsLong() - startedAt)));
        fields.put("exit_status", exit);
        fields.put("ended_by", endedBy);
        return fields;
    }

    /** Makes the trace of the request from the fields of its log line. */
    void trace(RequestTraces traces, TransferMonitor transfer, RequestEnd ended, Map<String, Object> fields) {
        trace(traces, transfer.firstByte(), outcome(ended), fields);
    }

    /** Makes the trace of a request that continues without the gate. */
    void traceDelegated(RequestTraces traces, Map<String, Object> fields) {
        trace(traces, Duration.ZERO, RequestOutcome.DELEGATED, fields);
    }

    private void trace(RequestTraces traces, Duration firstByte, RequestOutcome outcome, Map<String, Object> fields) {
        if (traces.isOn()) {
            Duration relay = Duration.ofNanos(nanos.getAsLong() - phaseStartedAt);
            traces.add(
                    service.isEmpty() ? "request" : service,
                    outcome.isFaultOfTheSite(),
                    new RequestTraces.Times(id.time(), decisionTime, routingTime, connectTime, relay, firstByte),
                    fields);
        }
    }

    private RequestOutcome outcome(RequestEnd ended) {
        return RequestOutcome.of(result.decision(), result.rule(), ended);
    }

    void measure(RequestMetrics metrics, TransferMonitor transfer, RequestEnd ended) {
        measure(metrics, transfer.firstByte(), outcome(ended));
    }

    /** Measures a request that continues without the gate. */
    void measureDelegated(RequestMetrics metrics) {
        measure(metrics, Duration.ZERO, RequestOutcome.DELEGATED);
    }

    private void measure(RequestMetrics metrics, Duration firstByte, RequestOutcome outcome) {
        metrics.took(RequestMetrics.Phase.AUTHENTICATE, request.authentication());
        metrics.took(RequestMetrics.Phase.AUTHORIZE, decisionTime);
        metrics.took(RequestMetrics.Phase.ROUTE, routingTime);
        metrics.took(RequestMetrics.Phase.CONNECT, connectTime);
        metrics.took(RequestMetrics.Phase.FIRST_BYTE, firstByte);
        metrics.decided(result.decision(), result.rule());
        metrics.ended(service, outcome, Duration.ofNanos(nanos.getAsLong() - startedAt));
    }

    private Duration endPhase() {
        long now = nanos.getAsLong();
        Duration elapsed = Duration.ofNanos(now - phaseStartedAt);
        phaseStartedAt = now;
        return elapsed;
    }

    private static double milliseconds(Duration duration) {
        return TimeUnit.NANOSECONDS.toMicros(duration.toNanos()) / 1000.0;
    }

    private static String exit(ExitResult exit) {
        return switch (exit) {
            case ExitResult.Status(int status) -> Integer.toString(status);
            case ExitResult.Signal(String name) -> name;
        };
    }
}
