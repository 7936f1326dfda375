package io.gerve.keylookup.directory;

import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects when keys were last used and writes that in batches, one time for each key. A login only puts a number into memory;
 * while the database is away the times wait there, up to {@value #KEYS_MAX} keys, and further keys go without.
 * Safe for use by many threads.
 */
public final class LastUsedRecorder implements AutoCloseable {
    static final int KEYS_MAX = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(LastUsedRecorder.class);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

    private final Store log;
    private final InstantSource clock;
    private final Duration interval;
    private final Map<Long, Instant> waiting = new HashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread writer;

    /** Where the times go. */
    @FunctionalInterface
    public interface Store {
        /** @param times when each key, by its id, was last used; an older time than the one that is kept changes nothing */
        void write(Map<Long, Instant> times) throws LookupUnavailable;
    }

    /** @param interval between two batches */
    public LastUsedRecorder(Store log, InstantSource clock, Duration interval) {
        this.log = log;
        this.clock = clock;
        this.interval = interval;
        this.writer = Thread.ofVirtual().name("last-use").start(this::writePeriodically);
    }

    /** Never waits for the database. */
    public void keyUsed(RegisteredKey key) {
        put(key.id(), clock.instant());
    }

    /** Writes what waits. Ends within five seconds, written or not; may be called twice. */
    @Override
    public void close() {
        stop.countDown();
        try {
            if (!writer.join(CLOSE_MAX)) {
                LOG.warn("The last-used times of {} keys were not written", waiting());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    int waiting() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    void write() {
        Map<Long, Instant> batch = take();
        if (!batch.isEmpty()) {
            writeOrPutBack(batch);
        }
    }

    private void writePeriodically() {
        try {
            boolean stopped;
            do {
                stopped = stop.await(interval.toNanos(), TimeUnit.NANOSECONDS);
                write();
            } while (!stopped);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeOrPutBack(Map<Long, Instant> batch) {
        try {
            log.write(batch);
        } catch (LookupUnavailable e) {
            LOG.debug("The last-used times of {} keys wait for the database", batch.size(), e);
            batch.forEach(this::put);
        } catch (RuntimeException e) {
            LOG.error("The last-used times of {} keys are lost", batch.size(), e);
        }
    }

    private Map<Long, Instant> take() {
        synchronized (waiting) {
            Map<Long, Instant> batch = Map.copyOf(waiting);
            waiting.clear();
            return batch;
        }
    }

    private void put(long key, Instant at) {
        synchronized (waiting) {
            if (waiting.size() < KEYS_MAX || waiting.containsKey(key)) {
                waiting.merge(key, at, (one, other) -> one.isAfter(other) ? one : other);
            }
        }
    }
}
