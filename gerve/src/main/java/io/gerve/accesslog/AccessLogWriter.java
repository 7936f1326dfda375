package io.gerve.accesslog;

import io.gerve.config.AuditSettings;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
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
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asynchronous writer of the access log. One thread takes records from the queue and appends them to the spool, where
 * they survive the death of the process. A second thread sends the spooled records to the database, in batches and in
 * order.
 *
 * <p>No record is lost silently. If the queue is full, the caller waits for up to 5 s. A record that does not fit into
 * the queue even then, or that neither the spool nor the database accepts, is written to the program's log in full.
 * Safe for use by many threads.
 */
public final class AccessLogWriter implements AccessLogSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLogWriter.class);
    private static final int BATCH = 200;
    /** Records of requests that end within this time are sent together, which costs the database less. */
    private static final Duration BATCH_DELAY = Duration.ofMillis(250);

    private static final Duration QUEUE_WAIT_MAX = Duration.ofSeconds(5);
    /**
     * Maximum time for which the writer waits for room in the spool. Shorter than {@link #QUEUE_WAIT_MAX}, so that the
     * queue has room again before the callers that wait for it give up.
     */
    private static final Duration SPOOL_WAIT_MAX = Duration.ofSeconds(2);

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration ALARM_EVERY = Duration.ofMinutes(1);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(15);
    private static final long MEGABYTE = 1 << 20;

    private final AccessLogStore store;
    private final Spool spool;
    private final long spoolAlarmBytes;
    private final Duration closeMax;
    private final BlockingQueue<AccessLogRecord> queue;
    /** Held while a batch is sent. Fair: otherwise the sender would reacquire it until the whole spool is sent. */
    private final ReentrantLock sendLock = new ReentrantLock(true);

    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch allSpooled = new CountDownLatch(1);
    private final Thread writer;
    private final Thread sender;
    /** Whether the last attempt to write to the database failed. */
    private volatile boolean isDatabaseDown;
    /** The records that the writer has taken from the queue and not stored yet. */
    private volatile List<AccessLogRecord> inFlight = List.of();
    /** Whether the writer has ended, so that nothing takes records from the queue any more. */
    private volatile boolean isEnded;
    /** Time at which the spool was last found empty. */
    private volatile long emptyAt = System.nanoTime();

    private final LongAdder notStored = new LongAdder();
    /** Accessed by the writer's thread only. */
    private long alarmedAt;

    private AccessLogWriter(AccessLogStore store, Spool spool, AuditSettings settings, Duration closeMax) {
        this.store = store;
        this.spool = spool;
        this.spoolAlarmBytes = settings.spoolMegabytesMax() * MEGABYTE / 5 * 4;
        this.closeMax = closeMax;
        this.queue = new ArrayBlockingQueue<>(settings.queueMax());
        this.alarmedAt = System.nanoTime() - ALARM_EVERY.toNanos();
        this.writer = Thread.ofVirtual().name("access-log-spool").start(this::drainQueue);
        this.sender = Thread.ofVirtual().name("access-log-send").start(this::sendUntilEnd);
    }

    /**
     * Opens the spool and starts both threads.
     *
     * @throws IOException if the spool's directory cannot be used; the message says why
     */
    public static AccessLogWriter open(AuditSettings settings, Database database) throws IOException {
        return open(settings, new MysqlAccessLogStore(database, settings.gate()), CLOSE_MAX);
    }

    static AccessLogWriter open(AuditSettings settings, AccessLogStore store, Duration closeMax) throws IOException {
        Spool spool = Spool.open(settings.spool(), settings.spoolMegabytesMax() * MEGABYTE, InstantSource.system());
        return new AccessLogWriter(store, spool, settings, closeMax);
    }

    /** Registers the meters of the queue and the spool, once. */
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("gerve.access.log.queue.records", queue, BlockingQueue::size)
                .description("Records that wait in memory")
                .register(registry);
        Gauge.builder("gerve.access.log.spool.bytes", spool, Spool::bytesOrNone)
                .description("Size of the spool")
                .baseUnit("bytes")
                .register(registry);
        TimeGauge.builder("gerve.access.log.spool.age", () -> System.nanoTime() - emptyAt, TimeUnit.NANOSECONDS)
                .description("Time since the database last had every record")
                .register(registry);
        FunctionCounter.builder("gerve.access.log.not.stored", notStored, LongAdder::sum)
                .description("Records that are in the program's log only")
                .register(registry);
    }

    @Override
    public void write(AccessLogRecord record) {
        if (!queue.offer(record)) {
            offerOrLog(record);
        }
        if (isEnded && queue.remove(record)) {
            writeToProgramLog(record, "the program stopped");
        }
    }

    private void offerOrLog(AccessLogRecord record) {
        // An interrupt ends the session, but its record must still be written.
        boolean interrupted = Thread.interrupted();
        try {
            if (!queue.offer(record, QUEUE_WAIT_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
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

    /** Ends the queue. A caller that adds a record from now on removes it again and logs it. */
    private void endQueue() {
        isEnded = true;
        for (AccessLogRecord left = queue.poll(); left != null; left = queue.poll()) {
            writeToProgramLog(left, "the program stopped");
        }
    }

    private void spool(List<AccessLogRecord> batch) {
        try {
            List<AccessLogRecord> rest = appendToSpool(batch);
            if (!rest.isEmpty() && !sendPastSpool(rest)) {
                rest.forEach(record ->
                        writeToProgramLog(record, "the spool is full or failing and the database is unavailable"));
            }
        } catch (RuntimeException bug) {
            LOG.error("Internal error in the access log writer", bug);
            batch.forEach(record -> writeToProgramLog(record, "of an internal error"));
        }
    }

    /**
     * Appends the batch to the spool, sending spooled records to make room if necessary.
     *
     * @return the records that still do not fit
     */
    private List<AccessLogRecord> appendToSpool(List<AccessLogRecord> batch) {
        List<AccessLogRecord> rest = batch;
        try {
            rest = batch.subList(spool.append(batch), batch.size());
            warnIfNearlyFull();
            long start = System.nanoTime();
            boolean isMore = true;
            while (!rest.isEmpty()
                    && isMore
                    && !isDatabaseDown
                    && System.nanoTime() - start < SPOOL_WAIT_MAX.toNanos()) {
                isMore = sendNext();
                rest = rest.subList(spool.append(rest), rest.size());
            }
        } catch (IOException e) {
            if (isAlarmDue()) {
                LOG.error("Cannot write to the access log spool", e);
            }
        }
        return rest;
    }

    /** Sends the batch directly to the database, bypassing a spool that is full or failing. */
    private boolean sendPastSpool(List<AccessLogRecord> batch) {
        sendLock.lock();
        try {
            return !isDatabaseDown && send(batch);
        } finally {
            sendLock.unlock();
        }
    }

    /** Sends until the writer has ended and everything is sent. Retries at intervals after a failure. */
    private void sendUntilEnd() {
        try (spool) {
            boolean isLast;
            do {
                Duration pause = isDatabaseDown ? RETRY : BATCH_DELAY;
                isLast = allSpooled.await(pause.toNanos(), TimeUnit.NANOSECONDS);
                sendAll();
            } while (!isLast);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sends the spooled records. Records that are added meanwhile and wait longer than {@link #RETRY} are synced to the
     * disk, so that they survive a power cut.
     */
    private void sendAll() {
        try {
            long forcedAt = System.nanoTime();
            while (sendNext()) {
                if (System.nanoTime() - forcedAt >= RETRY.toNanos()) {
                    spool.force();
                    forcedAt = System.nanoTime();
                }
            }
            if (isDatabaseDown) {
                spool.force();
            }
        } catch (RuntimeException bug) {
            LOG.error("Internal error in the access log writer", bug);
        }
    }

    /**
     * Sends the next batch of the spool.
     *
     * @return false if it failed or there was nothing to send
     */
    private boolean sendNext() {
        sendLock.lock();
        try {
            List<AccessLogRecord> batch = spool.next(BATCH);
            if (batch.isEmpty()) {
                // The state of the database is unknown until there is a batch to send.
                isDatabaseDown = false;
                emptyAt = System.nanoTime();
                store.rest();
                return false;
            }
            boolean sent = send(batch);
            if (sent) {
                spool.markSent();
            }
            return sent;
        } finally {
            sendLock.unlock();
        }
    }

    /**
     * Sends a batch. A record that the database rejects, or that fails because of an internal error, is written to the
     * program's log and does not block the others.
     *
     * @return false if the database is unavailable
     */
    private boolean send(List<AccessLogRecord> batch) {
        try {
            store.add(batch).forEach(record -> writeToProgramLog(record, "the database rejects it"));
        } catch (LookupUnavailable e) {
            if (!isDatabaseDown) {
                LOG.warn("Database unavailable, keeping access log records in the spool", e);
            }
            isDatabaseDown = true;
            return false;
        } catch (RuntimeException bug) {
            LOG.error("Internal error in the access log writer", bug);
            batch.forEach(record -> writeToProgramLog(record, "of an internal error"));
        }
        if (isDatabaseDown) {
            LOG.info("Database available again, sending access log records from the spool");
        }
        isDatabaseDown = false;
        return true;
    }

    private void warnIfNearlyFull() throws IOException {
        long bytes = spool.bytes();
        if (bytes >= spoolAlarmBytes && isAlarmDue()) {
            LOG.atError()
                    .addKeyValue("bytes", bytes)
                    .log("Access log spool is nearly full: restore the database, or raise audit.spool_megabytes_max");
        }
    }

    private boolean isAlarmDue() {
        boolean isDue = System.nanoTime() - alarmedAt >= ALARM_EVERY.toNanos();
        if (isDue) {
            alarmedAt = System.nanoTime();
        }
        return isDue;
    }

    private void writeToProgramLog(AccessLogRecord record, String why) {
        notStored.increment();
        try {
            LOG.atError()
                    .addKeyValue("record", new String(AccessLogRecordCodec.bytes(record), StandardCharsets.UTF_8))
                    .log("Access log record written to this log because " + why);
        } catch (RuntimeException bug) {
            LOG.error("Access log record lost because of an internal error", bug);
        }
    }

    /**
     * Writes the queued records to the spool, and sends the spooled records to the database. After 15 s, writes the
     * records that are not in the spool to the program's log; spooled records that were not sent are sent after the
     * next start. May be called twice.
     */
    @Override
    public void close() {
        stopping.countDown();
        long start = System.nanoTime();
        try {
            if (!writer.join(closeMax)) {
                LOG.error("Access log writer did not stop in time, writing records that are not spooled to this log");
                inFlight.forEach(record -> writeToProgramLog(record, "it may be missing from the spool"));
                endQueue();
            } else if (!sender.join(closeMax.minusNanos(System.nanoTime() - start))) {
                LOG.warn("Access log spool was not sent in time, its records will be sent after the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
