package io.gerve.session;

import io.gerve.config.AuditSettings;
import io.gerve.config.Printable;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.RequestId;
import io.gerve.program.RequestIds;
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
public final class RefusedLogins implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedLogins.class);
    private static final String DOOR = "ssh";
    private static final String VERB = "login";
    private static final Duration SPAN = Duration.ofMinutes(1);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(15);
    private static final int USER_SHOWN = 40;
    private static final int FURTHER_KEYS_SHOWN = 3;
    private static final int RECORDED_OF_A_TEXT = 255;

    private final Journal journal;
    private final RequestIds ids;
    /** What is to be recorded, no more than a span's; nothing at the end. */
    private final BlockingQueue<Optional<SessionRecord>> waiting = new LinkedBlockingQueue<>();

    private final Thread recording;
    /** Apart, so that knocking without a key, which costs nothing, does not push out who has one that was stolen. */
    private final LoginTallies ofProvenKeys;

    private final LoginTallies others;
    private boolean isClosed;

    public RefusedLogins(AuditSettings.RefusedLogins limits, Journal journal, RequestIds ids) {
        this.ofProvenKeys = new LoginTallies(limits);
        this.others = new LoginTallies(limits);
        this.journal = journal;
        this.ids = ids;
        this.recording = Thread.ofVirtual().name("refused-logins").start(this::record);
    }

    /**
     * To be called when the client has its answer. Does not wait, but after the end: some connections end after that, no more than were
     * open, and nobody is left to count them.
     */
    public void note(RefusedLogin login) {
        if (!isTakenToWait(login)) {
            journal.note(record(login));
        }
    }

    private synchronized boolean isTakenToWait(RefusedLogin login) {
        if (!isClosed && (login.isProven() ? ofProvenKeys : others).isToBeRecorded(login.address())) {
            waiting.add(Optional.of(record(login)));
        }
        return !isClosed;
    }

    private void record() {
        long end = System.nanoTime() + SPAN.toNanos();
        try {
            while (true) {
                Optional<SessionRecord> next = waiting.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (next != null && next.isPresent()) {
                    journal.note(next.get());
                    continue;
                }
                endSpan().forEach(journal::note);
                end = System.nanoTime() + SPAN.toNanos();
                if (next != null) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<SessionRecord> endSpan() {
        List<SessionRecord> numbers = new ArrayList<>();
        others.end().forEach(more -> numbers.add(number(more, "")));
        ofProvenKeys.end().forEach(more -> numbers.add(number(more, " by proven keys")));
        return numbers;
    }

    private SessionRecord number(LoginTallies.More more, String whose) {
        RequestId id = ids.next();
        return new SessionRecord(
                id,
                id.time(),
                new SessionRecord.From(DOOR, more.address(), "", 0, 0, ""),
                new SessionRecord.Asked(
                        VERB, "", "and " + more.logins() + " more logins" + whose + " that came to nothing"),
                new SessionRecord.Ruling("denied", "more-refused-logins", 0, "", "", ""),
                course(Duration.ZERO, EndedBy.GATE),
                PushedRefs.NONE);
    }

    private SessionRecord record(RefusedLogin login) {
        List<Fingerprint> keys = login.keys();
        return new SessionRecord(
                ids.next(),
                login.at().truncatedTo(ChronoUnit.MILLIS),
                new SessionRecord.From(
                        DOOR,
                        login.address().getHostAddress(),
                        keys.isEmpty() ? "" : keys.getFirst().text(),
                        0,
                        0,
                        ""),
                new SessionRecord.Asked(VERB, "", asked(login)),
                new SessionRecord.Ruling(
                        login.reason().decision(), login.reason().word(), 0, "", "", login.told()),
                course(login.took(), login.endedBy()),
                PushedRefs.NONE);
    }

    private static SessionRecord.Course course(Duration took, EndedBy endedBy) {
        return new SessionRecord.Course(0, 0, took.toMillis(), "", endedBy.word());
    }

    private static String asked(RefusedLogin login) {
        var text = new StringBuilder("log in");
        if (!login.user().isEmpty()) {
            text.append(" as ").append(Printable.oneLine(ClientMessage.cut(login.user(), USER_SHOWN)));
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
        return ClientMessage.cut(text.toString(), RECORDED_OF_A_TEXT);
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
