package io.gerve.logging;

import java.time.Duration;

/**
 * Count of an event that is logged at intervals only, because whoever causes it could otherwise fill the log's disk. Safe
 * for use by many threads.
 */
public final class LoggedEvents {
    private final long interval;
    private long events;
    private long loggedAt;

    public LoggedEvents(Duration interval) {
        this.interval = interval.toNanos();
    }

    /** Counts an event. Returns the number of events so far if it is to be logged, else 0. */
    public synchronized long count() {
        events++;
        long now = System.nanoTime();
        boolean isLogged = events == 1 || now - loggedAt >= interval;
        if (isLogged) {
            loggedAt = now;
        }
        return isLogged ? events : 0;
    }
}
