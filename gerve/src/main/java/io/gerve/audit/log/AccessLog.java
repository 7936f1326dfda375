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
 * Takes records over from the requests' threads and writes them to the spool, on a thread of its own, where the death of the process does not
 * reach them. Another thread sends what is there to the database, in batches and in its order.
 *
 * <p>No record is lost without a word. Who finds the queue full waits, for five seconds at most; a record that then still has no place, or
 * that neither database nor spool takes, goes to the program's log in full. Safe for use by many threads.
 */
public final class AccessLog implements Journal, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final int BATCH = 200;
    /** Requests that end within this are sent together, which costs the database less. */
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
    private final CountDownLatch allSpooled = new CountDownLatch(1);
    private final Thread writer;
    private final Thread sender;
    /** Whether the last attempt to send failed. */
    private volatile boolean isStuck;
    /** The writer's own. */
    private long alarmedAt;

    private AccessLog(Records records, Spool spool, AuditSettings settings) {
        this.records = records;
        this.spool = spool;
        this.spoolAlarmBytes = settings.spoolMegabytesMax() * MEGABYTE / 5 * 4;
        this.queue = new ArrayBlockingQueue<>(settings.queueMax());
        this.alarmedAt = System.nanoTime() - ALARM_EVERY.toNanos();
        this.writer = Thread.ofVirtual().name("access-log-spool").start(this::write);
        this.sender = Thread.ofVirtual().name("access-log-send").start(this::send);
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
        try {
            boolean stopped;
            do {
                stopped = stop.getCount() == 0;
                SessionRecord first = queue.poll(GATHERING.toNanos(), TimeUnit.NANOSECONDS);
                if (first != null) {
                    List<SessionRecord> batch = new ArrayList<>(List.of(first));
                    queue.drainTo(batch, BATCH - 1);
                    keep(batch);
                }
            } while (!stopped || !queue.isEmpty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            queue.forEach(record -> giveToLog(record, "the program stopped"));
        } finally {
            allSpooled.countDown();
        }
    }

    private void keep(List<SessionRecord> batch) {
        int kept = 0;
        try {
            kept = spool.append(batch);
            alarm();
        } catch (IOException e) {
            if (isTimeForAlarm()) {
                LOG.error("the spool of the access log takes nothing", e);
            }
        } catch (RuntimeException bug) {
            LOG.error("the access log has a bug", bug);
        }
        List<SessionRecord> rest = batch.subList(kept, batch.size());
        if (!rest.isEmpty() && !isSentPastSpool(rest)) {
            rest.forEach(
                    record -> giveToLog(record, "the spool is full or fails, and the database takes nothing either"));
        }
    }

    /** A disk that is full or broken stops no records as long as the database takes them. */
    private boolean isSentPastSpool(List<SessionRecord> batch) {
        return !isStuck && isSent(batch);
    }

    /** Goes on after a failure, at intervals, until there is nothing more to come. */
    private void send() {
        try (spool) {
            boolean isLast;
            do {
                Duration pause = isStuck ? RETRY : GATHERING;
                isLast = allSpooled.await(pause.toNanos(), TimeUnit.NANOSECONDS);
                isSent(List.of());
            } while (!isLast);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends all that is in the spool, and then these. */
    private synchronized boolean isSent(List<SessionRecord> others) {
        try {
            for (List<SessionRecord> batch = spool.next(BATCH); !batch.isEmpty(); batch = spool.next(BATCH)) {
                add(batch);
                spool.sent();
            }
            if (!others.isEmpty()) {
                add(others);
            }
            if (isStuck) {
                LOG.info("all records of the spool are in the database");
            }
            isStuck = false;
            return true;
        } catch (LookupUnavailable e) {
            if (!isStuck) {
                LOG.warn("the database takes no records of requests; they wait in the spool", e);
            }
            beStuck();
        } catch (IOException e) {
            LOG.error("the spool of the access log cannot be read", e);
            beStuck();
        }
        return false;
    }

    private void add(List<SessionRecord> batch) throws LookupUnavailable {
        try {
            records.add(batch).forEach(record -> giveToLog(record, "the database refuses it"));
        } catch (RuntimeException bug) {
            LOG.error("the access log has a bug", bug);
            batch.forEach(record -> giveToLog(record, "of a bug"));
        }
    }

    /** What waits for longer than a moment is made to outlast a power cut too. */
    private void beStuck() {
        isStuck = true;
        try {
            spool.force();
        } catch (IOException e) {
            LOG.error("the spool of the access log cannot be written to the disk", e);
        }
    }

    private void alarm() throws IOException {
        long bytes = spool.bytes();
        if (bytes >= spoolAlarmBytes && isTimeForAlarm()) {
            LOG.atError()
                    .addKeyValue("bytes", bytes)
                    .log("the spool of the access log is nearly full: the database must take records again, or"
                            + " audit.spool_megabytes_max be larger");
        }
    }

    private boolean isTimeForAlarm() {
        boolean isTime = System.nanoTime() - alarmedAt >= ALARM_EVERY.toNanos();
        if (isTime) {
            alarmedAt = System.nanoTime();
        }
        return isTime;
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
            if (!writer.join(CLOSE_MAX) || !sender.join(CLOSE_MAX)) {
                LOG.error("the access log did not end in time; {} records are not in the spool", queue.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
