package io.gerve.login;

import io.gerve.accesslog.AccessLogRecord;
import io.gerve.accesslog.AccessLogSink;
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
 * Records the logins that were refused, each minute's first ones one by one and the rest as a number, so that whoever knocks without end
 * neither fills the access log nor delays the records of others (RATIONALE.md, "Who knocks"). Safe for use by many threads.
 */
public final class RefusedLoginRecorder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedLoginRecorder.class);
    private static final String FRONTEND = "ssh";
    private static final String COMMAND = "login";
    private static final Duration SPAN = Duration.ofMinutes(1);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(15);
    private static final int USER_SHOWN = 40;
    private static final int FURTHER_KEYS_SHOWN = 3;
    private static final int RECORDED_OF_A_TEXT = 255;

    private final AccessLogSink accessLog;
    private final RequestIdGenerator ids;
    /** What is to be recorded, no more than a span's; nothing at the end. */
    private final BlockingQueue<Optional<AccessLogRecord>> waiting = new LinkedBlockingQueue<>();

    private final Thread recording;
    /** Apart, so that knocking without a key, which costs nothing, does not push out who has one that was stolen. */
    private final RefusedLoginLimiter verified;

    private final RefusedLoginLimiter others;
    private boolean isClosed;

    public RefusedLoginRecorder(AuditSettings.RefusedLogins limits, AccessLogSink journal, RequestIdGenerator ids) {
        this.verified = new RefusedLoginLimiter(limits);
        this.others = new RefusedLoginLimiter(limits);
        this.accessLog = journal;
        this.ids = ids;
        this.recording = Thread.ofVirtual().name("refused-logins").start(this::record);
    }

    /**
     * To be called when the client has its answer. Does not wait, but after the end: some connections end after that, no more than were
     * open, and nobody is left to count them.
     */
    public void refused(RefusedLogin login) {
        if (!isTakenToWait(login)) {
            accessLog.write(record(login));
        }
    }

    private synchronized boolean isTakenToWait(RefusedLogin login) {
        if (!isClosed && (login.isKeyVerified() ? verified : others).tryRecord(login.address())) {
            waiting.add(Optional.of(record(login)));
        }
        return !isClosed;
    }

    private void record() {
        long end = System.nanoTime() + SPAN.toNanos();
        try {
            while (true) {
                Optional<AccessLogRecord> next = waiting.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (next != null && next.isPresent()) {
                    accessLog.write(next.get());
                    continue;
                }
                endSpan().forEach(accessLog::write);
                end = System.nanoTime() + SPAN.toNanos();
                if (next != null) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<AccessLogRecord> endSpan() {
        List<AccessLogRecord> numbers = new ArrayList<>();
        others.end().forEach(more -> numbers.add(suppressedRecord(more, "")));
        verified.end().forEach(more -> numbers.add(suppressedRecord(more, " by proven keys")));
        return numbers;
    }

    private AccessLogRecord suppressedRecord(RefusedLoginLimiter.Suppressed more, String whose) {
        RequestId id = ids.next();
        return new AccessLogRecord(
                id,
                id.time(),
                new AccessLogRecord.ClientFields(FRONTEND, more.address(), "", 0, 0, ""),
                new AccessLogRecord.RequestFields(
                        COMMAND, "", "and " + more.logins() + " more logins" + whose + " that came to nothing"),
                new AccessLogRecord.DecisionFields("denied", "more_refused_logins", 0, "", "", ""),
                course(Duration.ZERO, EndedBy.GATE),
                PushedRefs.NONE);
    }

    private AccessLogRecord record(RefusedLogin login) {
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
                new AccessLogRecord.RequestFields(COMMAND, "", asked(login)),
                new AccessLogRecord.DecisionFields(
                        login.reason().decision(), login.reason().label(), 0, "", "", login.message()),
                course(login.duration(), login.endedBy()),
                PushedRefs.NONE);
    }

    private static AccessLogRecord.OutcomeFields course(Duration took, EndedBy endedBy) {
        return new AccessLogRecord.OutcomeFields(0, 0, took.toMillis(), "", endedBy.label());
    }

    private static String asked(RefusedLogin login) {
        var text = new StringBuilder("log in");
        if (!login.user().isEmpty()) {
            text.append(" as ").append(TextEscaper.oneLine(TextEscaper.truncate(login.user(), USER_SHOWN)));
        }
        List<Fingerprint> further = login.keys()
                .subList(Math.min(1, login.keys().size()), login.keys().size());
        if (!further.isEmpty()) {
            text.append(", also by ")
                    .append(further.stream()
                            .limit(FURTHER_KEYS_SHOWN)
                            .map(Fingerprint::text)
                            .collect(Collectors.joining(" ")));
        }
        if (further.size() > FURTHER_KEYS_SHOWN) {
            text.append(" and ").append(further.size() - FURTHER_KEYS_SHOWN).append(" more");
        }
        return TextEscaper.truncate(text.toString(), RECORDED_OF_A_TEXT);
    }

    /** Hands over what was counted. Ends within fifteen seconds; may be called twice. */
    @Override
    public void close() {
        end();
        try {
            if (!recording.join(CLOSE_MAX)) {
                LOG.error("refused logins were not recorded in time; some records may be missing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void end() {
        isClosed = true;
        waiting.add(Optional.empty());
    }
}
