package io.gerve.request;

import io.gerve.access.Decision;
import io.gerve.accesslog.AccessLogRecord;
import io.gerve.git.GitCommand;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.logging.TextEscaper;
import io.gerve.program.RequestId;
import io.gerve.push.PushedRefs;
import io.gerve.routing.FileServerHost;
import io.gerve.routing.Route;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What is learnt of one request while it runs, for the line that is logged of it and the record that is kept. Confined to the request's thread.
 */
public final class RequestContext {
    private static final int RECORDED_OF_A_TEXT = 255;

    private final RequestId id;
    private final ClientRequest request;
    private final LongSupplier nanos;
    private final long startedAt;
    private long phaseAt;

    private String account = "";
    private long accountId;
    private long keyId;
    private String service = "";
    private boolean writes;
    private String repository = "";
    private long repositoryId;
    private String message = "";
    private String decision = "";
    private String rule = "";
    private String server = "";
    private String host = "";
    private Duration deciding = Duration.ZERO;
    private Duration routing = Duration.ZERO;
    private Duration connecting = Duration.ZERO;

    public RequestContext(RequestId id, ClientRequest request, LongSupplier nanos) {
        this.id = id;
        this.request = request;
        this.nanos = nanos;
        this.startedAt = nanos.getAsLong();
        this.phaseAt = startedAt;
    }

    public RequestId id() {
        return id;
    }

    void principal(RegisteredKey key) {
        account = AuthorizationResult.displayName(key.principal());
        keyId = key.id();
        if (key.principal() instanceof Principal.OfAccount(var of)) {
            accountId = of.id();
        }
    }

    void command(GitCommand command) {
        service = command.service().program();
        writes = command.service().writes();
        repository = command.repository().toString();
    }

    void decided() {
        deciding = phase();
    }

    void decided(Decision.Allowed allowed) {
        decided();
        decision = "allowed";
        rule = allowed.rule().label();
        repository = allowed.repository().name().toString();
        repositoryId = allowed.repository().id();
    }

    void routed(Optional<Route> route) {
        routing = phase();
        server = route.map(Route::server).orElse("");
    }

    public void connected(FileServerHost to) {
        connecting = phase();
        host = to.name();
    }

    public void answered(AuthorizationResult.Answered verdict) {
        decision = verdict.decision();
        rule = verdict.rule();
    }

    /** The client is told this, whatever was decided. */
    public void answered(ClientMessage message) {
        this.message = message.text();
    }

    public void selfService(SelfServiceCommand question) {
        service = question.commandName();
        decision = "answered";
        rule = question.commandName();
    }

    public void failed() {
        decision = "failed";
        rule = "internal";
    }

    AccessLogRecord record(TransferMonitor traffic, RequestEnd ended) {
        return record(traffic, exit(ended.exit()), ended.by().label(), traffic.refs());
    }

    AccessLogRecord delegatedRecord() {
        return record(
                new TransferMonitor(),
                "",
                AccessLogRecord.OutcomeFields.DELEGATED,
                writes ? PushedRefs.UNKNOWN : PushedRefs.NONE);
    }

    private AccessLogRecord record(TransferMonitor traffic, String exit, String endedBy, PushedRefs refs) {
        return new AccessLogRecord(
                id,
                id.time(),
                new AccessLogRecord.ClientFields(
                        request.frontend(),
                        request.address().getHostAddress(),
                        request.fingerprint().text(),
                        keyId,
                        accountId,
                        account),
                new AccessLogRecord.RequestFields(service, repository, escaped(request.execLine())),
                new AccessLogRecord.DecisionFields(decision, rule, repositoryId, server, host, escaped(message)),
                new AccessLogRecord.OutcomeFields(
                        traffic.bytesIn(),
                        traffic.bytesOut(),
                        TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - startedAt),
                        exit,
                        endedBy),
                refs);
    }

    private static String escaped(String text) {
        return TextEscaper.truncate(
                TextEscaper.oneLine(TextEscaper.truncate(text, RECORDED_OF_A_TEXT)), RECORDED_OF_A_TEXT);
    }

    /** Writes the request's line. */
    void log(RequestLog log, TransferMonitor traffic, RequestEnd ended) {
        log(log, traffic, exit(ended.exit()), ended.by().label());
    }

    /** Writes the line of a request that goes on without the gate. */
    void logDelegated(RequestLog log) {
        log(log, new TransferMonitor(), "", AccessLogRecord.OutcomeFields.DELEGATED);
    }

    private void log(RequestLog log, TransferMonitor traffic, String exit, String endedBy) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("request_id", id.text());
        fields.put("frontend", request.frontend());
        fields.put("client_address", request.address().getHostAddress());
        fields.put("principal", account);
        fields.put("key_fingerprint", request.fingerprint().text());
        fields.put("key_id", keyId);
        fields.put("command", service.isEmpty() ? TextEscaper.excerpt(request.execLine()) : service);
        fields.put("repository", repository);
        fields.put("protocol", request.protocol().text());
        fields.put("decision", decision);
        fields.put("rule", rule);
        fields.put("server", server);
        fields.put("host", host);
        fields.put("bytes_in", traffic.bytesIn());
        fields.put("bytes_out", traffic.bytesOut());
        fields.put("auth_ms", milliseconds(request.authentication()));
        fields.put("authorize_ms", milliseconds(deciding));
        fields.put("route_ms", milliseconds(routing));
        fields.put("connect_ms", milliseconds(connecting));
        fields.put("total_ms", milliseconds(Duration.ofNanos(nanos.getAsLong() - startedAt)));
        fields.put("exit_status", exit);
        fields.put("ended_by", endedBy);
        log.write(fields);
    }

    private Duration phase() {
        long now = nanos.getAsLong();
        Duration took = Duration.ofNanos(now - phaseAt);
        phaseAt = now;
        return took;
    }

    private static double milliseconds(Duration duration) {
        return TimeUnit.NANOSECONDS.toMicros(duration.toNanos()) / 1000.0;
    }

    private static String exit(ExitResult outcome) {
        return switch (outcome) {
            case ExitResult.Status(int status) -> Integer.toString(status);
            case ExitResult.Signal(String name) -> name;
        };
    }
}
