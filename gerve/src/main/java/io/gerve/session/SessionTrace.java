package io.gerve.session;

import io.gerve.access.Decision;
import io.gerve.chimney.FileServerHost;
import io.gerve.chimney.Route;
import io.gerve.config.Printable;
import io.gerve.git.GitCommand;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.program.RequestId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What is learnt of one request while it runs, for the line that is logged of it and the record that is kept. Confined to the request's thread.
 */
final class SessionTrace {
    private static final int RECORDED_OF_A_TEXT = 255;

    private final RequestId id;
    private final Request request;
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
    private String told = "";
    private String decision = "";
    private String rule = "";
    private String server = "";
    private String host = "";
    private Duration deciding = Duration.ZERO;
    private Duration routing = Duration.ZERO;
    private Duration joining = Duration.ZERO;

    SessionTrace(RequestId id, Request request, LongSupplier nanos) {
        this.id = id;
        this.request = request;
        this.nanos = nanos;
        this.startedAt = nanos.getAsLong();
        this.phaseAt = startedAt;
    }

    RequestId id() {
        return id;
    }

    void holder(KnownKey key) {
        account = Verdict.nameOf(key.holder());
        keyId = key.id();
        if (key.holder() instanceof KeyHolder.OfAccount(var of)) {
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
        rule = allowed.rule().word();
        repository = allowed.repository().name().toString();
        repositoryId = allowed.repository().id();
    }

    void routed(Optional<Route> route) {
        routing = phase();
        server = route.map(Route::server).orElse("");
    }

    void joined(FileServerHost to) {
        joining = phase();
        host = to.name();
    }

    void told(Verdict.Told verdict) {
        decision = verdict.kind();
        rule = verdict.rule();
    }

    /** The client is told this, whatever was decided. */
    void told(ClientMessage message) {
        told = message.text();
    }

    void asked(OwnQuestion question) {
        service = question.verb();
        decision = "answered";
        rule = question.verb();
    }

    void failed() {
        decision = "failed";
        rule = "internal";
    }

    SessionRecord record(Traffic traffic, Ended ended) {
        return record(traffic, exit(ended.outcome()), ended.by().word(), traffic.refs());
    }

    SessionRecord recordHandedOver() {
        return record(
                new Traffic(), "", SessionRecord.Course.HANDED_OVER, writes ? PushedRefs.UNKNOWN : PushedRefs.NONE);
    }

    private SessionRecord record(Traffic traffic, String exit, String endedBy, PushedRefs refs) {
        return new SessionRecord(
                id,
                id.time(),
                new SessionRecord.From(
                        request.door(),
                        request.address().getHostAddress(),
                        request.fingerprint().text(),
                        keyId,
                        accountId,
                        account),
                new SessionRecord.Asked(service, repository, shown(request.execLine())),
                new SessionRecord.Ruling(decision, rule, repositoryId, server, host, shown(told)),
                new SessionRecord.Course(
                        traffic.bytesIn(),
                        traffic.bytesOut(),
                        TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - startedAt),
                        exit,
                        endedBy),
                refs);
    }

    private static String shown(String text) {
        return ClientMessage.cut(Printable.oneLine(ClientMessage.cut(text, RECORDED_OF_A_TEXT)), RECORDED_OF_A_TEXT);
    }

    /** Writes the request's line. */
    void log(SessionLog log, Traffic traffic, Ended ended) {
        log(log, traffic, exit(ended.outcome()), ended.by().word());
    }

    /** Writes the line of a request that goes on without the gate. */
    void logHandedOver(SessionLog log) {
        log(log, new Traffic(), "", SessionRecord.Course.HANDED_OVER);
    }

    private void log(SessionLog log, Traffic traffic, String exit, String endedBy) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("request", id);
        fields.put("door", request.door());
        fields.put("address", request.address().getHostAddress());
        fields.put("account", account);
        fields.put("key", request.fingerprint());
        fields.put("key_id", keyId);
        fields.put("command", service.isEmpty() ? ClientMessage.shown(request.execLine()) : service);
        fields.put("repository", repository);
        fields.put("protocol", request.protocol().text());
        fields.put("decision", decision);
        fields.put("rule", rule);
        fields.put("route", server);
        fields.put("host", host);
        fields.put("bytes_in", traffic.bytesIn());
        fields.put("bytes_out", traffic.bytesOut());
        fields.put("auth_ms", milliseconds(request.authentication()));
        fields.put("decide_ms", milliseconds(deciding));
        fields.put("route_ms", milliseconds(routing));
        fields.put("join_ms", milliseconds(joining));
        fields.put("total_ms", milliseconds(Duration.ofNanos(nanos.getAsLong() - startedAt)));
        fields.put("exit", exit);
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

    private static String exit(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Exit(int status) -> Integer.toString(status);
            case Outcome.Signal(String name) -> name;
        };
    }
}
