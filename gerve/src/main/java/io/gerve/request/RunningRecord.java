package io.gerve.request;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The record of a running request, which is written unless this is closed within a set time. A gate that is killed thus
 * leaves a record of each long request that it was serving.
 */
public final class RunningRecord implements AutoCloseable {
    private final Runnable write;
    private final Future<?> due;
    private boolean isClosed;

    RunningRecord(Runnable write, Duration after, ScheduledExecutorService timer) {
        this.write = write;
        this.due = timer.schedule(
                () -> Thread.ofVirtual().name("running-record").start(this::writeUnlessClosed),
                after.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private synchronized void writeUnlessClosed() {
        if (!isClosed) {
            write.run();
        }
    }

    /**
     * Returns when the record has been handed over or never will be, so that the record of the end comes after it. Waits
     * for a record that is being handed over, for some seconds at most.
     */
    @Override
    public void close() {
        due.cancel(false);
        synchronized (this) {
            isClosed = true;
        }
    }
}
