package io.gerve.audit.log;

import io.gerve.config.AuditSettings;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.session.Journal;
import io.gerve.session.SessionRecord;
import io.gerve.sql.Database;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records over from the requests' threads and writes them, in batches, on a thread of its own: into the database, or into the spool
 * while the database does not take them, and from there into the database later, in their order.
 *
 * <p>No record is lost without a word. Who finds the queue full waits, for five seconds at most; a record that then still has no place, or
 * that neither database nor spool takes, goes to the program's log in full. Safe for use by many threads.
 */
public final class AccessLog implements Journal, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final int BATCH = 200;
    /** Requests that end within this are written together, which costs the database less. */
    private static final Duration GATHERING = Duration.ofMillis(250);

    private static final Duration ROOM_MAX = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration ALARM_EVERY = Duration.ofMinutes(1);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(15);
    private static final long MEGABYTE = 1 << 20;

    private final Records records;
    private final Spool spool;
    private final long spoolAlarmBytes;
    private final BlockingQueue<SessionRecord> queue;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread writer;
    /** These are the writer's own. */
    private boolean databaseAway;

    private boolean paused;
    private long pausedAt;
    private long alarmedAt;

    private AccessLog(Records records, Spool spool, AuditSettings settings) {
        this.records = records;
        this.spool = spool;
        this.spoolAlarmBytes = settings.spoolMegabytesMax() * MEGABYTE / 5 * 4;
        this.queue = new ArrayBlockingQueue<>(settings.queueMax());
        this.alarmedAt = System.nanoTime() - ALARM_EVERY.toNanos();
        this.writer = Thread.ofVirtual().name("access-log").start(this::write);
    }

    /** @throws IOException if the spool's folder cannot be used; the message says why */
    public static AccessLog open(AuditSettings settings, Database database) throws IOException {
        return open(settings, new MysqlRecords(database, settings.gate()));
    }

    static AccessLog open(AuditSettings settings, Records records) throws IOException {
        Spool spool = Spool.open(settings.spool(), settings.spoolMegabytesMax() * MEGABYTE, InstantSource.system());
        return new AccessLog(records, spool, settings);
    }

    @Override
    public void note(SessionRecord record) {
        if (queue.offer(record)) {
            return;
        }
        // An interrupt ends a session, and not the account that is given of it.
        boolean interrupted = Thread.interrupted();
        try {
            if (!queue.offer(record, ROOM_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
                giveToLog(record, "the queue is full");
            }
        } catch (InterruptedException _) {
            interrupted = true;
            giveToLog(record, "the queue is full");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void write() {
        try (spool) {
            boolean stopped;
            do {
                stopped = stop.getCount() == 0;
                List<SessionRecord> batch = gather(stopped);
                try {
                    if (!batch.isEmpty()) {
                        keep(batch);
                    }
                    if (mayTry()) {
                        sendSpooled();
                    }
                } catch (IOException e) {
                    pause();
                    LOG.error("the spool of the access log cannot be read", e);
                } catch (RuntimeException bug) {
                    LOG.error("the access log has a bug", bug);
                    batch.forEach(record -> giveToLog(record, "of a bug"));
                }
            } while (!stopped || !queue.isEmpty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            queue.forEach(record -> giveToLog(record, "the program stopped"));
        }
    }

    /** Waits for what is to be written, but not while there is something to send. */
    private List<SessionRecord> gather(boolean stopped) throws InterruptedException {
        List<SessionRecord> batch = new ArrayList<>();
        boolean isSending = !spool.isEmpty() && mayTry();
        if (!stopped && !isSending) {
            SessionRecord first = queue.poll(GATHERING.toNanos(), TimeUnit.NANOSECONDS);
            if (first == null) {
                return batch;
            }
            batch.add(first);
            var _ = stop.await(GATHERING.toNanos(), TimeUnit.NANOSECONDS);
        }
        queue.drainTo(batch, BATCH - batch.size());
        return batch;
    }

    /** Behind what waits already, if something does. */
    private void keep(List<SessionRecord> batch) {
        if (spool.isEmpty() && mayTry() && send(batch)) {
            return;
        }
        int kept = 0;
        try {
            kept = spool.append(batch);
            alarm();
        } catch (IOException e) {
            LOG.error("the spool of the access log takes nothing", e);
        }
        batch.subList(kept, batch.size())
                .forEach(record -> giveToLog(record, "the database takes nothing and the spool is full or fails"));
    }

    private void sendSpooled() throws IOException {
        List<SessionRecord> batch = spool.next(BATCH);
        if (!batch.isEmpty() && send(batch)) {
            spool.sent();
            if (spool.isEmpty()) {
                LOG.info("all records of the spool are in the database");
            }
        }
    }

    private boolean send(List<SessionRecord> batch) {
        try {
            records.add(batch).forEach(record -> giveToLog(record, "the database refuses it"));
            databaseAway = false;
            paused = false;
            return true;
        } catch (LookupUnavailable e) {
            if (!databaseAway) {
                LOG.warn("the database takes no records of requests; they go to the spool", e);
            }
            databaseAway = true;
            pause();
            return false;
        }
    }

    private void pause() {
        paused = true;
        pausedAt = System.nanoTime();
    }

    private boolean mayTry() {
        return !paused || System.nanoTime() - pausedAt >= RETRY.toNanos();
    }

    private void alarm() throws IOException {
        long bytes = spool.bytes();
        if (bytes >= spoolAlarmBytes && System.nanoTime() - alarmedAt >= ALARM_EVERY.toNanos()) {
            alarmedAt = System.nanoTime();
            LOG.atError()
                    .addKeyValue("bytes", bytes)
                    .log("the spool of the access log is nearly full: the database must take records again, or"
                            + " audit.spool_megabytes_max be larger");
        }
    }

    private static void giveToLog(SessionRecord record, String why) {
        LOG.atError()
                .addKeyValue("record", new String(RecordText.bytes(record), StandardCharsets.UTF_8))
                .log("a record of a request is kept in this log only, since " + why);
    }

    /** Writes what waits, to the database or else the spool. Ends within fifteen seconds; may be called twice. */
    @Override
    public void close() {
        stop.countDown();
        try {
            if (!writer.join(CLOSE_MAX)) {
                LOG.error("the access log did not end in time; {} records may be missing", queue.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
