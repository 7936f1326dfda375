package io.gerve.login;

import io.gerve.accesslog.AccessLogRecord;
import io.gerve.accesslog.AccessLogSink;
import io.gerve.accesslog.RequestDecision;
import io.gerve.config.AuditSettings;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.logging.TextEscaper;
import io.gerve.program.RequestId;
import io.gerve.program.RequestIdGenerator;
import io.gerve.push.PushedRefs;
import io.gerve.request.EndedBy;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recorder of refused logins. It records the first ones of each minute one by one and the rest as a number, so that a
 * flood of attempts neither fills the access log nor delays the records of others (RATIONALE.md, "Limits on refused
 * logins"). Each login that is recorded one by one is also a line of the program's log, whose form fail2ban's filter
 * relies on (share/fail2ban). Safe for use by many threads.
 */
public final class RefusedLoginRecorder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedLoginRecorder.class);
    private static final String FRONTEND = "ssh";
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(15);
    private static final int USER_MAX = 40;
    private static final int FURTHER_KEYS_MAX = 3;
    private static final int DESCRIPTION_MAX = 255;

    private final AccessLogSink accessLog;
    private final RequestIdGenerator ids;
    /** The logins to record, no more than those of one interval. An empty element ends the thread. */
    private final BlockingQueue<Optional<RefusedLogin>> queue = new LinkedBlockingQueue<>();

    private final Thread writer;
    /**
     * Verified keys have their own limit. Otherwise attempts without a key, which cost an attacker nothing, would crowd
     * out the record of one with a stolen key.
     */
    private final RefusedLoginLimiter verified;

    private final RefusedLoginLimiter others;
    private boolean isClosed;

    public RefusedLoginRecorder(AuditSettings.RefusedLogins limits, AccessLogSink accessLog, RequestIdGenerator ids) {
        this.verified = new RefusedLoginLimiter(limits);
        this.others = new RefusedLoginLimiter(limits);
        this.accessLog = accessLog;
        this.ids = ids;
        this.writer = Thread.ofVirtual().name("refused-login-recorder").start(this::writeRecords);
    }

    /**
     * Records or counts a refused login. Call this after the client has its answer. Does not block before
     * {@link #close}. After that it writes every record directly: the remaining connections are no more than were open,
     * and no thread is left to count them.
     */
    public void refused(RefusedLogin login) {
        if (!enqueue(login)) {
            record(login);
        }
    }

    private synchronized boolean enqueue(RefusedLogin login) {
        if (!isClosed && (login.isKeyVerified() ? verified : others).tryRecord(login.address())) {
            queue.add(Optional.of(login));
        }
        return !isClosed;
    }

    private void writeRecords() {
        long end = System.nanoTime() + INTERVAL.toNanos();
        try {
            while (true) {
                Optional<RefusedLogin> next = queue.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (next != null && next.isPresent()) {
                    record(next.get());
                    continue;
                }
                endInterval().forEach(accessLog::write);
                end = System.nanoTime() + INTERVAL.toNanos();
                if (next != null) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<AccessLogRecord> endInterval() {
        List<AccessLogRecord> records = new ArrayList<>();
        others.endInterval().forEach(more -> records.add(suppressedRecord(more, "")));
        verified.endInterval().forEach(more -> records.add(suppressedRecord(more, " with verified keys")));
        return records;
    }

    private AccessLogRecord suppressedRecord(RefusedLoginLimiter.Suppressed more, String suffix) {
        RequestId id = ids.next();
        return new AccessLogRecord(
                id,
                id.time(),
                new AccessLogRecord.ClientFields(FRONTEND, more.address(), "", 0, 0, ""),
                new AccessLogRecord.RequestFields(
                        AccessLogRecord.RequestFields.LOGIN, "", more.logins() + " more refused logins" + suffix),
                new AccessLogRecord.DecisionFields(RequestDecision.DENIED, "more_refused_logins", 0, "", "", ""),
                outcome(Duration.ZERO, EndedBy.GATE),
                PushedRefs.NONE);
    }

    private void record(RefusedLogin login) {
        accessLog.write(recordOf(login));
        log(login);
    }

    /** The address comes first and the text that the client chose comes last, so that it cannot appear as the address. */
    private static void log(RefusedLogin login) {
        LOG.atInfo()
                .addKeyValue("address", login.address().getHostAddress())
                .addKeyValue("reason", login.reason().label())
                .addKeyValue(
                        "key",
                        login.keys().isEmpty() ? "" : login.keys().getFirst().text())
                .addKeyValue("user", TextEscaper.excerpt(login.user(), USER_MAX))
                .addKeyValue("message", login.message())
                .log("Login refused");
    }

    private AccessLogRecord recordOf(RefusedLogin login) {
        List<Fingerprint> keys = login.keys();
        return new AccessLogRecord(
                ids.next(),
                login.at().truncatedTo(ChronoUnit.MILLIS),
                new AccessLogRecord.ClientFields(
                        FRONTEND,
                        login.address().getHostAddress(),
                        keys.isEmpty() ? "" : keys.getFirst().text(),
                        0,
                        0,
                        ""),
                new AccessLogRecord.RequestFields(AccessLogRecord.RequestFields.LOGIN, "", description(login)),
                new AccessLogRecord.DecisionFields(
                        login.reason().decision(), login.reason().label(), 0, "", "", login.message()),
                outcome(login.duration(), login.endedBy()),
                PushedRefs.NONE);
    }

    private static AccessLogRecord.OutcomeFields outcome(Duration duration, EndedBy endedBy) {
        return new AccessLogRecord.OutcomeFields(0, 0, duration.toMillis(), "", endedBy.label());
    }

    private static String description(RefusedLogin login) {
        var text = new StringBuilder("log in");
        if (!login.user().isEmpty()) {
            text.append(" as ").append(TextEscaper.excerpt(login.user(), USER_MAX));
        }
        List<Fingerprint> further = login.keys()
                .subList(Math.min(1, login.keys().size()), login.keys().size());
        if (!further.isEmpty()) {
            text.append(", also by ")
                    .append(further.stream()
                            .limit(FURTHER_KEYS_MAX)
                            .map(Fingerprint::text)
                            .collect(Collectors.joining(" ")));
        }
        if (further.size() > FURTHER_KEYS_MAX) {
            text.append(" and ").append(further.size() - FURTHER_KEYS_MAX).append(" more");
        }
        return TextEscaper.truncate(text.toString(), DESCRIPTION_MAX);
    }

    /** Writes the records that wait and the numbers that were counted. Returns within 15 s. May be called twice. */
    @Override
    public void close() {
        endQueue();
        try {
            if (!writer.join(CLOSE_MAX)) {
                LOG.error("Refused logins were not recorded in time, some records may be missing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void endQueue() {
        isClosed = true;
        queue.add(Optional.empty());
    }
}
