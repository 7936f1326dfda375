package io.gerve.request;

import io.gerve.accesslog.AccessLogRecord;
import io.gerve.accesslog.AccessLogSink;
import io.gerve.accesslog.RequestDecision;
import io.gerve.program.RequestId;
import io.gerve.program.RequestIdGenerator;
import io.gerve.push.PushedRefs;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Limiter of the records of refused requests. It passes the first ones of each key and minute on and the rest as a
 * number, so that a client with a revoked key cannot fill the access log. Every other record passes unchanged. Safe for
 * use by many threads.
 */
public final class RefusedRequestLimiter implements AccessLogSink, AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final int perKeyMax;
    private final AccessLogSink accessLog;
    private final RequestIdGenerator ids;
    /**
     * Refused requests of this interval, by the fingerprint of the key. Clients whose key could not be looked up share
     * one tally, under an empty text, since a new key costs nothing.
     */
    private final Map<String, Tally> tallies = new HashMap<>();

    private final Thread writer;
    private boolean isClosed;

    /** The counts of one key. */
    private static final class Tally {
        private final AccessLogRecord.ClientFields client;
        private final RequestDecision decision;
        private int recorded;
        private long suppressed;

        Tally(AccessLogRecord.ClientFields client, RequestDecision decision) {
            this.client = client;
            this.decision = decision;
        }
    }

    /** @param perKeyMax refused requests of one key in a minute that have a record each */
    public RefusedRequestLimiter(int perKeyMax, AccessLogSink accessLog, RequestIdGenerator ids) {
        this.perKeyMax = perKeyMax;
        this.accessLog = accessLog;
        this.ids = ids;
        this.writer = Thread.ofVirtual().name("refused-request-limiter").start(this::endIntervals);
    }

    @Override
    public void write(AccessLogRecord record) {
        if (!isRefusal(record) || tryRecord(record)) {
            accessLog.write(record);
        }
    }

    private static boolean isRefusal(AccessLogRecord record) {
        return switch (record.decision().decision()) {
            case DENIED, LIMITED -> true;
            case UNAVAILABLE -> !isKnown(record.client());
            case ALLOWED, GREETED, ANSWERED, FAILED, UNFINISHED -> false;
        };
    }

    private static boolean isKnown(AccessLogRecord.ClientFields client) {
        return client.keyId() != 0;
    }

    private synchronized boolean tryRecord(AccessLogRecord record) {
        var client = record.client();
        Tally tally = isKnown(client)
                ? tallies.computeIfAbsent(client.key(), _ -> new Tally(client, RequestDecision.DENIED))
                : tallies.computeIfAbsent("", _ -> unknownClients(record));
        if (isClosed || tally.recorded < perKeyMax) {
            tally.recorded++;
            return true;
        }
        tally.suppressed++;
        return false;
    }

    private static Tally unknownClients(AccessLogRecord record) {
        var client = new AccessLogRecord.ClientFields(record.client().frontend(), "", "", 0, 0, "");
        return new Tally(client, record.decision().decision());
    }

    private void endIntervals() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                writeNumbers();
            }
        } catch (InterruptedException _) {
            writeNumbers();
        }
    }

    private void writeNumbers() {
        endInterval().forEach(tally -> accessLog.write(numberOf(tally)));
    }

    private synchronized List<Tally> endInterval() {
        List<Tally> suppressed =
                tallies.values().stream().filter(tally -> tally.suppressed > 0).toList();
        tallies.clear();
        return suppressed;
    }

    private AccessLogRecord numberOf(Tally tally) {
        RequestId id = ids.next();
        return new AccessLogRecord(
                id,
                id.time(),
                tally.client,
                new AccessLogRecord.RequestFields("", "", tally.suppressed + " more refused requests"),
                new AccessLogRecord.DecisionFields(tally.decision, "more_refused_requests", 0, "", "", ""),
                new AccessLogRecord.OutcomeFields(0, 0, 0, "", EndedBy.GATE.label()),
                PushedRefs.NONE);
    }

    /** Writes the numbers that were counted. Later records pass unchanged. May be called twice. */
    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
        }
        writer.interrupt();
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
