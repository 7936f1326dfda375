package io.gerve.accesslog;

import io.gerve.config.AuditSettings;
import io.gerve.lookup.LookupUnavailable;
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
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records over from the requests' threads and writes them to the spool, on a thread of its own, where the death of the process does not
 * reach them. Another thread sends what is there to the database, in batches and in its order.
 *
 * <p>No record is lost without a word. Who finds the queue full waits, for five seconds at most; a record that then still has no place, or
 * that neither database nor spool takes, goes to the program's log in full. Safe for use by many threads.
 */
public final class AccessLogWriter implements AccessLogSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLogWriter.class);
    private static final int BATCH = 200;
    /** Requests that end within this are sent together, which costs the database less. */
    private static final Duration BATCH_DELAY = Duration.ofMillis(250);

    private static final Duration ROOM_MAX = Duration.ofSeconds(5);
    /** How long records wait for room in the spool: less, so that meanwhile the queue moves on for those who wait there. */
    private static final Duration SPOOL_ROOM_MAX = Duration.ofSeconds(2);

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration ALARM_EVERY = Duration.ofMinutes(1);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(15);
    private static final long MEGABYTE = 1 << 20;

    private final AccessLogStore records;
    private final Spool spool;
    private final long spoolAlarmBytes;
    private final Duration closeMax;
    private final BlockingQueue<AccessLogRecord> queue;
    /** Who holds it sends a batch. Fair, or else the sender would take it again and again until the whole spool is sent. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch allSpooled = new CountDownLatch(1);
    private final Thread writer;
    private final Thread sender;
    /** Whether the database took nothing at the last attempt. */
    private volatile boolean isStuck;
    /** What the writer took from the queue last, and has not put anywhere yet. */
    private volatile List<AccessLogRecord> inFlight = List.of();
    /** Whether nobody takes records from the queue any more. */
    private volatile boolean isOver;
    /** The writer's own. */
    private long alarmedAt;

    private AccessLogWriter(AccessLogStore records, Spool spool, AuditSettings settings, Duration closeMax) {
        this.records = records;
        this.spool = spool;
        this.spoolAlarmBytes = settings.spoolMegabytesMax() * MEGABYTE / 5 * 4;
        this.closeMax = closeMax;
        this.queue = new ArrayBlockingQueue<>(settings.queueMax());
        this.alarmedAt = System.nanoTime() - ALARM_EVERY.toNanos();
        this.writer = Thread.ofVirtual().name("access-log-spool").start(this::drainQueue);
        this.sender = Thread.ofVirtual().name("access-log-send").start(this::send);
    }

    /** @throws IOException if the spool's folder cannot be used; the message says why */
    public static AccessLogWriter open(AuditSettings settings, Database database) throws IOException {
        return open(settings, new MysqlAccessLogStore(database, settings.gate()), CLOSE_MAX);
    }

    static AccessLogWriter open(AuditSettings settings, AccessLogStore records, Duration closeMax) throws IOException {
        Spool spool = Spool.open(settings.spool(), settings.spoolMegabytesMax() * MEGABYTE, InstantSource.system());
        return new AccessLogWriter(records, spool, settings, closeMax);
    }

    @Override
    public void write(AccessLogRecord record) {
        if (!queue.offer(record)) {
            waitForRoom(record);
        }
        if (isOver && queue.remove(record)) {
            writeToProgramLog(record, "the program stopped");
        }
    }

    private void waitForRoom(AccessLogRecord record) {
        // An interrupt ends a session, and not the account that is given of it.
        boolean interrupted = Thread.interrupted();
        try {
            if (!queue.offer(record, ROOM_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
                writeToProgramLog(record, "the queue is full");
            }
        } catch (InterruptedException _) {
            interrupted = true;
            writeToProgramLog(record, "the queue is full");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void drainQueue() {
        try {
            boolean stopped;
            do {
                stopped = stopping.getCount() == 0;
                AccessLogRecord first = queue.poll(BATCH_DELAY.toNanos(), TimeUnit.NANOSECONDS);
                if (first != null) {
                    List<AccessLogRecord> batch = new ArrayList<>(List.of(first));
                    queue.drainTo(batch, BATCH - 1);
                    inFlight = batch;
                    spool(batch);
                    inFlight = List.of();
                }
            } while (!stopped || !queue.isEmpty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            endQueue();
            allSpooled.countDown();
        }
    }

    /** Whoever adds to the queue from now on takes it out again. */
    private void endQueue() {
        isOver = true;
        for (AccessLogRecord left = queue.poll(); left != null; left = queue.poll()) {
            writeToProgramLog(left, "the program stopped");
        }
    }

    private void spool(List<AccessLogRecord> batch) {
        try {
            List<AccessLogRecord> rest = notSpooled(batch);
            if (!rest.isEmpty() && !isSentPastSpool(rest)) {
                rest.forEach(record ->
                        writeToProgramLog(record, "the spool is full or fails, and the database takes nothing either"));
            }
        } catch (RuntimeException bug) {
            LOG.error("the access log has a bug", bug);
            batch.forEach(record -> writeToProgramLog(record, "of a bug"));
        }
    }

    /** @return those that the spool does not take, even after some of what is in it was sent to make room */
    private List<AccessLogRecord> notSpooled(List<AccessLogRecord> batch) {
        List<AccessLogRecord> rest = batch;
        try {
            rest = batch.subList(spool.append(batch), batch.size());
            alarm();
            long start = System.nanoTime();
            boolean isMore = true;
            while (!rest.isEmpty() && isMore && !isStuck && System.nanoTime() - start < SPOOL_ROOM_MAX.toNanos()) {
                isMore = isNextSent();
                rest = rest.subList(spool.append(rest), rest.size());
            }
        } catch (IOException e) {
            if (isTimeForAlarm()) {
                LOG.error("the spool of the access log takes nothing", e);
            }
        }
        return rest;
    }

    /** A disk that is full or broken stops no records as long as the database takes them. */
    private boolean isSentPastSpool(List<AccessLogRecord> batch) {
        turn.lock();
        try {
            return !isStuck && isSent(batch);
        } finally {
            turn.unlock();
        }
    }

    /** Goes on after a failure, at intervals, until there is nothing more to come. */
    private void send() {
        try (spool) {
            boolean isLast;
            do {
                Duration pause = isStuck ? RETRY : BATCH_DELAY;
                isLast = allSpooled.await(pause.toNanos(), TimeUnit.NANOSECONDS);
                sendAll();
            } while (!isLast);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends what is in the spool. What is added and waits meanwhile, for longer than a moment, is made to outlast a power cut too. */
    private void sendAll() {
        try {
            long forcedAt = System.nanoTime();
            while (isNextSent()) {
                if (System.nanoTime() - forcedAt >= RETRY.toNanos()) {
                    spool.force();
                    forcedAt = System.nanoTime();
                }
            }
            if (isStuck) {
                spool.force();
            }
        } catch (RuntimeException bug) {
            LOG.error("the access log has a bug", bug);
        }
    }

    /** Sends the next batch of the spool, and says whether that went well; not if there is none. */
    private boolean isNextSent() {
        turn.lock();
        try {
            List<AccessLogRecord> batch = spool.next(BATCH);
            if (batch.isEmpty()) {
                // The database was asked for nothing: whether it takes records shows when there are some.
                isStuck = false;
                return false;
            }
            boolean sent = isSent(batch);
            if (sent) {
                spool.sent();
            }
            return sent;
        } finally {
            turn.unlock();
        }
    }

    /** What the database refuses, or fails on in a way that nobody thought of, holds up no others. */
    private boolean isSent(List<AccessLogRecord> batch) {
        try {
            records.add(batch).forEach(record -> writeToProgramLog(record, "the database refuses it"));
        } catch (LookupUnavailable e) {
            if (!isStuck) {
                LOG.warn("the database takes no records of requests; they wait in the spool", e);
            }
            isStuck = true;
            return false;
        } catch (RuntimeException bug) {
            LOG.error("the access log has a bug", bug);
            batch.forEach(record -> writeToProgramLog(record, "of a bug"));
        }
        if (isStuck) {
            LOG.info("the database takes records of requests again");
        }
        isStuck = false;
        return true;
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

    private static void writeToProgramLog(AccessLogRecord record, String why) {
        try {
            LOG.atError()
                    .addKeyValue("record", new String(AccessLogRecordCodec.bytes(record), StandardCharsets.UTF_8))
                    .log("a record of a request is kept in this log only, since " + why);
        } catch (RuntimeException bug) {
            LOG.error("a record of a request is lost to a bug in the access log", bug);
        }
    }

    /**
     * Writes what waits, to the database or else the spool, and what is not written within fifteen seconds to the program's log. May be called
     * twice.
     */
    @Override
    public void close() {
        stopping.countDown();
        long start = System.nanoTime();
        try {
            if (!writer.join(closeMax)) {
                LOG.error("the access log did not end in time");
                inFlight.forEach(record -> writeToProgramLog(record, "it may not be in the spool"));
                endQueue();
            } else if (!sender.join(closeMax.minusNanos(System.nanoTime() - start))) {
                LOG.warn("what is in the spool of the access log was not sent in time, and is after the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
