package io.gerve.fileserver;

import java.time.Duration;

/** Deadline on the monotonic clock of the machine. */
record Deadline(long nanoTime) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** Returns the remaining nanoseconds, zero or negative after the deadline. */
    long nanosLeft() {
        return nanoTime - System.nanoTime();
    }

    Duration left() {
        return Duration.ofNanos(Math.max(0, nanosLeft()));
    }
}
