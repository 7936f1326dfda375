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
 * Recorder of the times at which keys were last used. It collects the latest time of each key in memory and writes the
 * times in batches, so that a login does not wait for the database. While the database is down, it keeps the times of
 * up to {@value #KEYS_MAX} keys and discards those of further keys. Safe for use by many threads.
 */
public final class LastUsedRecorder implements AutoCloseable {
    static final int KEYS_MAX = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(LastUsedRecorder.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Store store;
    private final InstantSource clock;
    private final Duration interval;
    private final Map<Long, Instant> pending = new HashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread writer;

    /** Destination of the times. */
    @FunctionalInterface
    public interface Store {
        /**
         * Writes last-used times. A time that is older than the stored one is ignored.
         *
         * @param times last-used time by key id
         */
        void write(Map<Long, Instant> times) throws LookupUnavailable;
    }

    /** @param interval time between two batches */
    public LastUsedRecorder(Store store, InstantSource clock, Duration interval) {
        this.store = store;
        this.clock = clock;
        this.interval = interval;
        this.writer = Thread.ofVirtual().name("last-used-writer").start(this::writePeriodically);
    }

    /** Records the use of a key. Never waits for the database. */
    public void keyUsed(RegisteredKey key) {
        put(key.id(), clock.instant());
    }

    /** Writes the pending times. Ends within five seconds, even if they are not written. May be called twice. */
    @Override
    public void close() {
        stop.countDown();
        try {
            if (!writer.join(CLOSE_TIMEOUT)) {
                LOG.atWarn().addKeyValue("keys", pending()).log("Last-used times not written before exit");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    int pending() {
        synchronized (pending) {
            return pending.size();
        }
    }

    void write() {
        Map<Long, Instant> batch = drain();
        if (!batch.isEmpty()) {
            writeOrRestore(batch);
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

    private void writeOrRestore(Map<Long, Instant> batch) {
        try {
            store.write(batch);
        } catch (LookupUnavailable e) {
            LOG.atDebug()
                    .addKeyValue("keys", batch.size())
                    .setCause(e)
                    .log("Database unavailable, last-used times are retried");
            batch.forEach(this::put);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("keys", batch.size()).setCause(e).log("Last-used times lost");
        }
    }

    private Map<Long, Instant> drain() {
        synchronized (pending) {
            Map<Long, Instant> batch = Map.copyOf(pending);
            pending.clear();
            return batch;
        }
    }

    private void put(long key, Instant at) {
        synchronized (pending) {
            if (pending.size() < KEYS_MAX || pending.containsKey(key)) {
                pending.merge(key, at, (one, other) -> one.isAfter(other) ? one : other);
            }
        }
    }
}
